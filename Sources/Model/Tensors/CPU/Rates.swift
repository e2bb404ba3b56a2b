import COneDNN
import Foundation

/// What the machine reaches at best: a limit that benchmarks compare with, ready to be measured again and again, because
/// a shared machine is slower for seconds at a time.
public struct RateLimit {
  /// One way of doing the work: operations of one piece, and what a thread does for its piece of that number.
  fileprivate struct Way {
    let operations: Int
    let body: (_ thread: Int, _ turn: Int) -> Void
  }

  private let cpu: CPU
  private let ways: [Way]

  /// Each way runs for a moment, which makes primitives.
  fileprivate init(_ cpu: CPU, _ ways: [Way]) {
    (self.cpu, self.ways) = (cpu, ways)
    for way in ways { _ = rate(way, seconds: Self.window) }
  }

  private static let window = 0.02

  /// Operations a second (multiply-adds × 2) of all threads, each for itself, in the way that was fastest over about so
  /// many seconds. Ways take turns of some milliseconds.
  public func measure(seconds: Double) -> Double {
    let windows = max(1, Int(seconds / Self.window) / max(1, ways.count))
    var sums = [Double](repeating: 0, count: ways.count)
    for _ in 0..<windows {
      for (index, way) in ways.enumerated() { sums[index] += rate(way, seconds: Self.window) }
    }
    return (sums.max() ?? 0) / Double(windows)
  }

  private func rate(_ way: Way, seconds: Double) -> Double {
    let rates = Tensor.zeros([cpu.threads * 16])
    cpu.inParallel(cpu.threads) { thread in
      let start = ContinuousClock.now
      let end = start + .seconds(seconds)
      var (count, now) = (0, start)
      repeat {
        way.body(thread, count)
        count += 1
        now = ContinuousClock.now
      } while now < end
      rates.f32[thread * 16] = Float(Double(count * way.operations) / ((now - start) / .seconds(1)))
    }
    return rates.floats().reduce(0) { $0 + Double($1) }
  }
}

extension CPU {
  /// Large matrix products on all threads, each working on tiles of its own: weights as they lie in a file and weights in
  /// the library's own order, and tiles of two widths; bytes if this device multiplies them.
  public func productLimit() -> RateLimit {
    let (m, k) = (256, 1536)
    let orders: [OperandOrder] = usesOpenBLAS ? [.rowsOfK] : [.rowsOfK, .oneDNN]
    let ways = orders.flatMap { order in [256, 512].map { (order, $0) } }
    return RateLimit(
      self,
      ways.map { order, n in
        let product = Product(
          m: m, n: n, k: k, strideA: k, strideB: k, strideC: n, order: order, bytes: multipliesBytes)
        let operands = (0..<threads).map { _ in
          let weights = (0..<4).map { _ in Weight(Self.noise([n, k])) }
          for weight in weights { weight.mayRound = true }
          let plain = weights.map { multipliesBytes ? byteWeight($0).values.tensor : operand($0.values) }
          return (rows(Self.noise([m, k]), for: weights), plain, Tensor.zeros([m, n]))
        }
        return RateLimit.Way(operations: product.operations) { thread, turn in
          let (a, b, c) = operands[thread]
          self.multiply(product, a.address(0), b[turn % b.count].pointer, c.f32)
        }
      })
  }

  /// The same for 3 × 3 convolutions of whole pictures.
  public func convolutionLimit() -> RateLimit {
    let (height, width) = (32, 104)
    return RateLimit(
      self,
      [96, 192, 384].map { channels in
        let kernel = ConvolutionKernel(Self.noise([channels, channels, 1, 3, 3]), bias: nil)
        let pictures = (0..<threads).map { _ in FeatureMap(Self.noise([height, width, channels])) }
        let single = CPU(precision: precision, multiplied: multiplied, threads: 1, ownProducts: false)
        return RateLimit.Way(operations: 2 * (height * width) * channels * channels * 9) { thread, _ in
          _ = single.convolve([pictures[thread]], kernel)
        }
      })
  }

  /// Values −1…1, the same every time. Zeros would draw less power, and a processor with more power to spare is faster.
  public static func noise(_ shape: [Int]) -> Tensor {
    let result = Tensor(uninitialized: shape)
    var state: UInt32 = 1
    result.withMutableFloats { values in
      for index in values.indices {
        state = state &* 1_664_525 &+ 1_013_904_223
        values[index] = Float(Int32(bitPattern: state)) * 0x1p-31
      }
    }
    return result
  }
}
