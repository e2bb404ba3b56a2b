import Foundation
import Kernels

@testable import Tensors

extension Tensor {
  /// Rounded to bfloat16.
  func halves() -> Tensor {
    let result = Tensor(uninitialized: shape, type: .bfloat16)
    CPU(precision: .reference).loops.to_bf16(f32, 1, elementCount, 0, result.bf16, 0)
    return result
  }
}

/// The operations written down as plainly as possible, in double: what the fast ones are compared with.
enum Plain {
  static func linear(_ x: Tensor, _ w: Tensor, _ bias: Tensor?) -> [Double] {
    let (n, m, k) = (x.shape[0], w.shape[0], x.shape[1])
    let (xs, ws, bs) = (x.floats(), w.floats(), bias?.floats())
    var result: [Double] = []
    for row in 0..<n {
      for column in 0..<m {
        var sum = Double(bs?[column] ?? 0)
        for i in 0..<k { sum += Double(xs[row * k + i]) * Double(ws[column * k + i]) }
        result.append(sum)
      }
    }
    return result
  }

  static func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Double, bias: (Int, Int) -> Double)
    -> [Double]
  {
    let (n, m, channels) = (q.shape[0], k.shape[0], q.shape[1])
    let size = channels / heads
    let (qs, ks, vs) = (q.floats().map(Double.init), k.floats().map(Double.init), v.floats().map(Double.init))
    var result = [Double](repeating: 0, count: n * channels)
    for head in 0..<heads {
      for row in 0..<n {
        let place = row * channels + head * size
        var scores = (0..<m).map { key in
          dot(qs, place, ks, key * channels + head * size, size) * scale + bias(head, key - row)
        }
        let maximum = scores.max() ?? 0
        scores = scores.map { exp($0 - maximum) }
        let sum = scores.reduce(0, +)
        for key in 0..<m { add(scores[key] / sum, vs, key * channels + head * size, to: &result, place, size) }
      }
    }
    return result
  }

  // Bare loops: tests are built without optimisation, and these take most of their time.

  private static func dot(_ a: [Double], _ first: Int, _ b: [Double], _ second: Int, _ count: Int) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var (sum, index) = (0.0, 0)
        while index < count {
          sum += a[first + index] * b[second + index]
          index += 1
        }
        return sum
      }
    }
  }

  private static func add(
    _ factor: Double, _ a: [Double], _ first: Int, to sums: inout [Double], _ second: Int, _ count: Int
  ) {
    a.withUnsafeBufferPointer { a in
      sums.withUnsafeMutableBufferPointer { sums in
        var index = 0
        while index < count {
          sums[second + index] += factor * a[first + index]
          index += 1
        }
      }
    }
  }

  /// RMS-normed rows [n, heads · size], rotated by angles [n, size / 2], as [heads, n, size].
  static func heads(_ x: Tensor, _ weight: Tensor, _ angles: [Float], heads: Int) -> [Double] {
    let (n, channels) = (x.shape[0], x.shape[1])
    let size = channels / heads
    let (xs, ws) = (x.floats().map(Double.init), weight.floats().map(Double.init))
    var result = [Double](repeating: 0, count: n * channels)
    for row in 0..<n {
      let square = (0..<channels).reduce(0.0) { $0 + xs[row * channels + $1] * xs[row * channels + $1] }
      let factor = 1 / (square / Double(channels) + 1e-6).squareRoot()
      for head in 0..<heads {
        for pair in 0..<size / 2 {
          let (at, angle) = (head * size + 2 * pair, Double(angles[row * (size / 2) + pair]))
          let (a, b) = (xs[row * channels + at] * factor * ws[at], xs[row * channels + at + 1] * factor * ws[at + 1])
          let to = (head * n + row) * size + 2 * pair
          result[to] = a * cos(angle) - b * sin(angle)
          result[to + 1] = a * sin(angle) + b * cos(angle)
        }
      }
    }
    return result
  }

  /// `frames` [height, width, inputs], weight [outputs, inputs, frames, size, size].
  static func convolve(_ frames: [Tensor?], _ weight: Tensor, _ bias: Tensor) -> [Double] {
    let shape = weight.shape
    let (outputs, inputs, size) = (shape[0], shape[1], shape[3])
    guard let some = frames.compactMap({ $0 }).first else { return [] }
    let (height, width) = (some.shape[0], some.shape[1])
    let (pictures, ws, bs) = (frames.map { $0?.floats() }, weight.floats(), bias.floats())
    var result: [Double] = []
    for y in 0..<height {
      for x in 0..<width {
        for output in 0..<outputs {
          var sum = Double(bs[output])
          for (t, picture) in pictures.enumerated() {
            guard let picture else { continue }
            for ky in 0..<size {
              for kx in 0..<size {
                let (sy, sx) = (y + ky - size / 2, x + kx - size / 2)
                guard sy >= 0, sy < height, sx >= 0, sx < width else { continue }
                for i in 0..<inputs {
                  let w = ws[(((output * inputs + i) * shape[2] + t) * size + ky) * size + kx]
                  sum += Double(w) * Double(picture[(sy * width + sx) * inputs + i])
                }
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }
}

/// ‖got − want‖ / ‖want‖
func relativeError(_ got: [Float], _ want: [Double]) -> Double {
  guard got.count == want.count, !want.isEmpty else { return .infinity }
  let difference = zip(got, want).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  let norm = want.reduce(0) { $0 + $1 * $1 }
  return (difference / max(norm, 1e-300)).squareRoot()
}

/// The same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func tensor(_ shape: [Int]) -> Tensor {
    Tensor((0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &self) }, shape: shape)
  }
}
