import COneDNN
import Foundation
import Testing

@testable import Tensors

/// Every way in which this machine can multiply. bfloat16 keeps 8 bits: products of random numbers are off by
/// about 2⁻⁹ each, so 1 % is generous for a sum and far below what a wrong index gives.
enum Way: String, CaseIterable, CustomTestStringConvertible {
  case reference, fastFloat32, fastBFloat16

  /// Those that this CPU has.
  static let allCases: [Way] = [.reference, .fastFloat32] + (CPU.canMultiplyHalves ? [.fastBFloat16] : [])

  var cpu: CPU { cpu(threads: nil) }

  func cpu(threads: Int?) -> CPU {
    switch self {
    case .reference: CPU(precision: .reference, threads: threads)
    case .fastFloat32: CPU(precision: .fast, multiplied: .float32, threads: threads)
    case .fastBFloat16: CPU(precision: .fast, multiplied: .bfloat16, threads: threads)
    }
  }
  var tolerance: Double { self == .fastBFloat16 ? 1e-2 : 2e-6 }
  var testDescription: String { rawValue }
}

@Suite struct CPUTests {
  @Test(arguments: Way.allCases) func linearEqualsItsDefinition(way: Way) {
    var dice = Dice(state: 1)
    for (n, m, k) in [(1, 1, 1), (1, 256, 96), (3, 70, 17), (65, 33, 130), (300, 129, 64), (513, 600, 31)] {
      let (x, w, b) = (dice.tensor([n, k]), dice.tensor([m, k]), dice.tensor([m]))
      let got = way.cpu.linear(x, Weight(w, bias: b))
      #expect(got.shape == [n, m])
      #expect(relativeError(got.floats(), Plain.linear(x, w, b)) < way.tolerance, "\(n) \(m) \(k)")
    }
  }

  /// Ours is the library's order, bit by bit, wherever the library says that it is the one we know.
  @Test func operandsArePackedAsTheLibraryDoes() {
    let cpu = CPU(precision: .fast, multiplied: .bfloat16, ownProducts: false)
    var known = 0
    for (type, bytes) in [(mv_dnn_bf16, 2), (mv_dnn_u8s8, 1)] {
      for (k, n) in [(64, 64), (128, 512), (1280, 256), (96, 192), (100, 64), (128, 72), (64, 130)] {
        let size = mv_dnn_packed_bytes(type, k, n)
        guard size > 0 else { continue }
        known += mv_dnn_packs_words(type, k, n) != 0 ? 1 : 0
        for plain in [OperandOrder.rowsOfK, .rowsOfN] {
          let stride = (plain == .rowsOfK ? k : n) + 3
          let rows = (0..<max(k, n) * (max(k, n) + 3) * bytes).map {
            UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 251) & 0xBF
          }
          let (ours, theirs) = (Tensor.zeros([size], type: .uint8), Tensor.zeros([size], type: .uint8))
          cpu.pack(type, k, n, plain, stride: stride, rows, into: ours.pointer)
          cpu.check(mv_dnn_pack(type, k, n, plain.dnn, stride, rows, theirs.pointer))
          #expect(ours.withUnsafeBytes { Array($0) } == theirs.withUnsafeBytes { Array($0) }, "\(bytes) \(k) \(n)")
        }
      }
    }
    if CPU.hasHalfProducts && MathLibraries.oneDNN.version.hasPrefix("2.") { #expect(known > 0) }
  }

  @Test(arguments: Way.allCases) func weightsOfEveryFileTypeGiveTheSameResult(way: Way) {
    var dice = Dice(state: 2)
    let (x, w) = (dice.tensor([5, 24]), dice.tensor([40, 24]))
    let half = w.halves()
    let rounded = half.asFloat32()
    let want = Plain.linear(x, rounded, nil)
    for stored in [half, rounded] {
      let cpu = way.cpu
      let weight = Weight(stored)
      for _ in 0..<2 {
        #expect(relativeError(cpu.linear(x, weight).floats(), want) < way.tolerance)
      }
    }
  }

  @Test(arguments: Way.allCases) func attentionEqualsItsDefinition(way: Way) {
    var dice = Dice(state: 3)
    for (n, m, heads, size) in [
      (1, 1, 1, 8), (5, 7, 2, 12), (130, 77, 3, 24), (20, 1100, 1, 64), (300, 515, 2, 128), (1, 64, 1, 32),
    ] {
      let (q, k, v) = (
        dice.tensor([n, heads * size]), dice.tensor([m, heads * size]), dice.tensor([m, heads * size])
      )
      let reach = max(n, m)
      let table = dice.tensor([heads, 2 * reach + 1])
      let values = table.floats()
      for bias in [nil, RelativeBias(table: table, reach: reach)] {
        let (cpu, shape) = (way.cpu, HeadShape(heads: heads))
        let got = cpu.attention(
          cpu.queries(q, shape), over: cpu.memory(keys: k, values: v, shape), scale: 0.7, bias: bias)
        let want = Plain.attention(q, k, v, heads: heads, scale: 0.7) { head, distance in
          bias == nil ? 0 : Double(values[head * (2 * reach + 1) + reach + distance])
        }
        #expect(relativeError(got.floats(), want) < way.tolerance, "\(n) \(m) \(heads) \(size)")
      }
    }
  }

  /// The last key counts as often as it would stand there.
  @Test(arguments: Way.allCases) func equalKeysAreOne(way: Way) {
    var dice = Dice(state: 9)
    for (n, different, equal, size) in [(1, 1, 4, 8), (150, 11, 501, 32), (5, 513, 30, 16), (20, 64, 2, 64)] {
      let (q, k, v) = (
        dice.tensor([n, 2 * size]), dice.tensor([different, 2 * size]), dice.tensor([different, 2 * size])
      )
      func all(_ x: Tensor) -> Tensor {
        let last = x.rows(different - 1..<different).floats()
        return Tensor(
          x.floats() + (1..<equal).flatMap { _ in last }, shape: [different + equal - 1, 2 * size])
      }
      #expect(all(k).equalRowsAtEnd == equal)
      let (cpu, shape) = (way.cpu, HeadShape(heads: 2))
      let memory = cpu.memory(keys: k, values: v, shape).counting(last: equal)
      let got = cpu.attention(cpu.queries(q, shape), over: memory, scale: 0.3)
      let want = Plain.attention(q, all(k), all(v), heads: 2, scale: 0.3) { _, _ in 0 }
      #expect(relativeError(got.floats(), want) < way.tolerance, "\(n) \(different) \(equal) \(size)")
    }
  }

  @Test func equalRowsAreCounted() {
    #expect(Tensor([1, 2, 1, 2, 3, 4], shape: [3, 2]).equalRowsAtEnd == 1)
    #expect(Tensor([3, 4, 1, 2, 3, 4, 3, 4], shape: [4, 2]).equalRowsAtEnd == 2)
    #expect(Tensor([3, 4, 3, 4, 3, 4], shape: [3, 2]).equalRowsAtEnd == 3)
    #expect(Tensor([0, -0.0], shape: [2, 1]).equalRowsAtEnd == 1)
    #expect(Tensor.zeros([1, 5]).equalRowsAtEnd == 1)
    #expect(Tensor.zeros([0, 5]).equalRowsAtEnd == 0)
    _ = Rehearsal.run { #expect(Tensor.zeros([4, 5]).equalRowsAtEnd == 1) }
  }

  @Test(arguments: Way.allCases) func headsAreNormedAndRotated(way: Way) {
    var dice = Dice(state: 7)
    for (n, heads, size) in [(1, 1, 2), (3, 2, 10), (70, 3, 128), (5, 1, 300)] {
      let (x, weight) = (dice.tensor([n, heads * size]), dice.tensor([heads * size]))
      let angles = dice.tensor([n, size / 2]).floats()
      let rotary = RotaryAngles(
        cosine: Tensor(angles.map { cos($0) }, shape: [n, size / 2]),
        sine: Tensor(angles.map { sin($0) }, shape: [n, size / 2]))
      let shape = HeadShape(heads: heads, norm: (weight, 1e-6), angles: rotary)
      let got = way.cpu.queries(x, shape).values.floats()
      #expect(relativeError(got, Plain.heads(x, weight, angles, heads: heads)) < way.tolerance, "\(n) \(heads) \(size)")
    }
  }

  @Test(arguments: Way.allCases) func fusedLinearLayersEqualTheirDefinitions(way: Way) {
    var dice = Dice(state: 8)
    for (n, m, k) in [(1, 3, 5), (70, 65, 33), (300, 600, 40)] {
      let (x, w, b, gate) = (dice.tensor([n, k]), dice.tensor([m, k]), dice.tensor([m]), dice.tensor([m]))
      let (w2, sum) = (dice.tensor([m, k]), dice.tensor([n, m]))
      let (plain, second) = (Plain.linear(x, w, b), Plain.linear(x, w2, nil))
      let before = sum.floats()
      let added = plain.indices.map { Double(before[$0]) + plain[$0] * Double(gate.floats()[$0 % m]) }
      way.cpu.addLinear(x, Weight(w, bias: b), to: sum, gate: gate)
      #expect(relativeError(sum.floats(), added) < way.tolerance, "\(n) \(m) \(k)")
      let gated = way.cpu.gatedLinear(x, gate: Weight(w2), activation: .silu, Weight(w, bias: b))
      let want = plain.indices.map { plain[$0] * second[$0] / (1 + exp(-second[$0])) }
      #expect(relativeError(gated.floats(), want) < way.tolerance, "\(n) \(m) \(k)")
    }
  }

  @Test(arguments: Way.allCases) func resultsDoNotDependOnTheNumberOfThreads(way: Way) {
    var results: [[[Float]]] = []
    for threads in [1, 2, 5] {
      var dice = Dice(state: 9)
      let cpu = way.cpu(threads: threads)
      let (x, w) = (dice.tensor([333, 96]), Weight(dice.tensor([96, 96])))
      let y = cpu.linear(x, w, activation: .geluTanh)
      let shape = HeadShape(heads: 3, norm: (dice.tensor([96]), 1e-6))
      let mixed = cpu.attention(cpu.queries(y, shape), over: cpu.memory(keys: x, values: y, shape), scale: 0.3)
      let kernel = ConvolutionKernel(dice.tensor([8, 6, 1, 3, 3]), bias: nil)
      let picture = cpu.convolve([FeatureMap(dice.tensor([37, 21, 6]))], kernel).picture()
      results.append([y.floats(), mixed.floats(), picture.floats()])
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test(arguments: Way.allCases) func convolutionEqualsItsDefinition(way: Way) {
    var dice = Dice(state: 4)
    let shapes = [
      (1, 1, 3, 2, 1, 1), (5, 7, 4, 6, 3, 3), (9, 16, 12, 3, 3, 3), (4, 3, 8, 8, 1, 3), (6, 5, 8, 16, 3, 1),
      (33, 40, 4, 4, 1, 3),
    ]
    for (height, width, inputs, outputs, frames, size) in shapes {
      let weight = dice.tensor([outputs, inputs, frames, size, size])
      let bias = dice.tensor([outputs])
      let pictures: [Tensor?] = (0..<frames).map { _ in dice.tensor([height, width, inputs]) }
      for missing in 0..<frames {
        var some = pictures
        for index in 0..<missing { some[index] = nil }
        let kernel = ConvolutionKernel(weight, bias: bias)
        let got = way.cpu.convolve(some.map { $0.map(FeatureMap.init) }, kernel)
        #expect(relativeError(got.picture().floats(), Plain.convolve(some, weight, bias)) < way.tolerance)
        #expect(borderIsZero(got))
      }
    }
  }

  @Test(arguments: Way.allCases) func aConvolutionOfALargerPictureEqualsItsDefinition(way: Way) {
    var dice = Dice(state: 13)
    let shapes = [(1, 1, 4, 6, 3), (5, 7, 12, 3, 3), (19, 40, 8, 16, 3), (3, 4, 8, 5, 1)]
    for (height, width, inputs, outputs, size) in shapes {
      let weight = dice.tensor([outputs, inputs, 1, size, size])
      let (bias, picture) = (dice.tensor([outputs]), dice.tensor([height, width, inputs]))
      let small = picture.floats()
      let large = (0..<4 * height * width).flatMap { pixel in
        let (row, column) = (pixel / (2 * width) / 2, pixel % (2 * width) / 2)
        return small[(row * width + column) * inputs..<(row * width + column + 1) * inputs]
      }
      let got = way.cpu.convolveUpsampled(FeatureMap(picture), ConvolutionKernel(weight, bias: bias))
      let want = Plain.convolve([Tensor(large, shape: [2 * height, 2 * width, inputs])], weight, bias)
      #expect(relativeError(got.picture().floats(), want) < way.tolerance)
      #expect(borderIsZero(got) && [got.height, got.width] == [2 * height, 2 * width])
    }
  }

  @Test(arguments: Way.allCases) func aConvolutionMayBeAddedInPlace(way: Way) {
    var dice = Dice(state: 12)
    for (height, width, inputs, outputs, size) in [(5, 7, 4, 6, 3), (33, 52, 16, 24, 3), (9, 3, 8, 40, 1)] {
      let kernel = ConvolutionKernel(dice.tensor([outputs, inputs, 3, size, size]), bias: dice.tensor([outputs]))
      let frames = [nil] + (0..<2).map { _ in FeatureMap(dice.tensor([height, width, inputs])) }
      let sum = FeatureMap(dice.tensor([height, width, outputs]))
      let other = sum.copy()
      let added = zip(other.picture().floats(), way.cpu.convolve(frames, kernel).picture().floats()).map(+)
      way.cpu.addConvolution(frames, kernel, to: sum)
      #expect(relativeError(sum.picture().floats(), added.map(Double.init)) < 1e-6)
      #expect(borderIsZero(sum) && other.picture().floats() != sum.picture().floats())
    }
  }

  @Test(arguments: Way.allCases) func aConvolutionMayBeNormedAsItComes(way: Way) {
    var dice = Dice(state: 10)
    for (height, width, inputs, outputs, size) in [(5, 7, 4, 6, 3), (30, 52, 16, 24, 3), (9, 3, 8, 40, 1)] {
      let kernel = ConvolutionKernel(dice.tensor([outputs, inputs, 3, size, size]), bias: dice.tensor([outputs]))
      let pictures = (0..<2).map { _ in FeatureMap(dice.tensor([height, width, inputs])) }
      let gamma = dice.tensor([outputs])
      let cpu = way.cpu
      let frames = [nil, pictures[0], pictures[1]]
      let want = cpu.channelNorm(cpu.convolve(frames, kernel), gamma: gamma, silu: true)
      let got = cpu.convolve(frames, kernel, norm: gamma)
      let expected = want.values.asFloat32().floats().map(Double.init)
      #expect(relativeError(got.values.asFloat32().floats(), expected) < way.tolerance)
      #expect(got.type == want.type && got.channels == outputs)
    }
  }

  @Test func normsEqualTheirDefinitions() {
    var dice = Dice(state: 5)
    let cpu = CPU(precision: .reference)
    for (rows, channels) in [(1, 1), (3, 7), (70, 48), (5, 257)] {
      let (x, w, b) = (dice.tensor([rows, channels]), dice.tensor([channels]), dice.tensor([channels]))
      let (xs, ws, bs) = (x.floats(), w.floats(), b.floats())
      var layer: [Double] = []
      var rms: [Double] = []
      for row in 0..<rows {
        let values = (0..<channels).map { Double(xs[row * channels + $0]) }
        let mean = values.reduce(0, +) / Double(channels)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(channels)
        let square = values.reduce(0) { $0 + $1 * $1 } / Double(channels)
        for i in 0..<channels {
          layer.append((values[i] - mean) / (variance + 1e-6).squareRoot() * Double(ws[i]) + Double(bs[i]))
          rms.append(values[i] / (square + 1e-6).squareRoot() * Double(ws[i]))
        }
      }
      #expect(relativeError(cpu.layerNorm(x, weight: w, bias: b, epsilon: 1e-6).floats(), layer) < 1e-6)
      #expect(relativeError(cpu.rmsNorm(x, weight: w, epsilon: 1e-6).floats(), rms) < 1e-6)
    }
  }

  @Test func activationsEqualTheirDefinitions() {
    let xs = stride(from: Float(-12), through: 12, by: 0.01).map { $0 }
    let one = Weight(Tensor([1], shape: [1, 1]))
    let cpu = CPU(precision: .reference)
    let x = Tensor(xs, shape: [xs.count, 1])
    let gelu = xs.map { x -> Double in
      let x = Double(x)
      return 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
    #expect(relativeError(cpu.linear(x, one, activation: .geluTanh).floats(), gelu) < 1e-6)
    #expect(
      relativeError(cpu.linear(x, one, activation: .silu).floats(), xs.map { Double($0) / (1 + exp(-Double($0))) })
        < 1e-6)
  }

  @Test func pictureOperationsKeepTheBorderZero() {
    var dice = Dice(state: 6)
    let cpu = CPU(precision: .reference)
    let x = FeatureMap(dice.tensor([5, 6, 4]))
    let small = x.picture().floats()
    let norm = cpu.channelNorm(x, gamma: dice.tensor([4]), silu: true)
    let some = cpu.channels(1..<3, of: x)
    #expect(borderIsZero(norm) && borderIsZero(some))
    #expect(some.picture().floats() == small.enumerated().filter { (1..<3).contains($0.offset % 4) }.map(\.element))
  }

  private func borderIsZero(_ map: FeatureMap) -> Bool {
    let (values, stride) = (map.values.floats(), map.rowStride)
    return values.enumerated().allSatisfy { index, value in
      let (row, column) = (index / stride, index % stride / map.channels)
      let inside = row > 0 && row <= map.height && column > 0 && column <= map.width
      return inside || value == 0
    }
  }
}

@Suite struct ConversionTests {
  @Test func halfPrecisionBitPatternsAreExact() {
    let bits = (0...UInt16.max).map { $0 }
    let storage = Storage(byteCount: bits.count * 2)
    bits.withUnsafeBytes { storage.pointer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    let halves = Tensor(shape: [bits.count], type: .float16, storage: storage).floats()
    let brains = Tensor(shape: [bits.count], type: .bfloat16, storage: storage).floats()
    for pattern in bits {
      let want = Float(Float16(bitPattern: pattern))
      let got = halves[Int(pattern)]
      #expect(want.isNaN ? got.isNaN : got == want && got.sign == want.sign)
      #expect(brains[Int(pattern)].bitPattern == UInt32(pattern) << 16)
    }
  }

  @Test func theFirstNonFiniteValueIsFound() {
    for count in [1, 5, 1024, 1025, 5000] {
      for place in [0, count / 2, count - 1] {
        var values = [Float](repeating: 1, count: count)
        #expect(Tensor(values, shape: [count]).firstNonFinite() == nil)
        values[place] = place % 2 == 0 ? .nan : -.infinity
        #expect(Tensor(values, shape: [count]).firstNonFinite() == place)
      }
    }
  }
}
