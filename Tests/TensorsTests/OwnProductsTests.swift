import COneDNN
import Foundation
import Kernels
import Testing

@testable import Tensors

/// Where we multiply ourselves.
enum OwnWay: String, CaseIterable {
  case tiles, avx2, avx512, avx512vnni, avx512bf16

  /// Those that this CPU has.
  static let here = allCases.filter { $0 == .tiles ? CPU.hasTiles : mv_loops_for($0.rawValue) != nil }
  static let ofFloats = here.filter { $0.type == .float32 }

  func cpu(ownProducts: Bool = true) -> CPU {
    let set = self == .tiles ? nil : rawValue
    return CPU(precision: .turbo, multiplied: type, ownProducts: ownProducts, instructionSet: set)
  }

  /// What is multiplied beside bytes.
  var type: ElementType { self == .tiles || self == .avx512bf16 ? .bfloat16 : .float32 }
  /// Of bfloat16, some are rounded the other way.
  var tolerance: Double { type == .bfloat16 ? 1e-3 : 1e-5 }
}

/// Products by our own loops against their definition, and against the library's.
@Suite struct OwnProductsTests {
  /// Rows, columns, numbers of a sum: every number of rows that are multiplied together, what is left over after many, sums
  /// that are made in pieces, and rows that fall on the same lines of a cache.
  private static let shapes =
    (1...14).map { ($0, 64, 64) } + [
      (15, 32, 128), (16, 32, 64), (17, 96, 320), (31, 32, 64), (33, 64, 320), (100, 160, 64), (7, 32, 1088),
      (9, 32, 2112), (13, 64, 4032),
    ]

  /// A product of small whole numbers is exact. Sums are added to what is there, and rows lie apart.
  @Test(arguments: OwnWay.here, [false, true]) func productsAreExact(way: OwnWay, ofBytes: Bool) {
    let few = Int(way.cpu().ownProducts?.columns ?? 0)
    for (m, n, k) in Self.shapes + (ofBytes ? [] : [(13, few, 64), (200, 3 * few, 192)]) {
      for accumulates in [false, true] {
        expectExact(
          way, m, n, k, ofBytes, accumulates, a: { $0 &* 7919 % 15 }, b: { ($0 + 5) &* 7919 % 15 - 7 })
      }
    }
  }

  /// Of the largest numbers that come, no sum overflows on the way.
  @Test(arguments: OwnWay.here) func largestBytesAreExact(way: OwnWay) {
    let both = Int(way.cpu().largestPair)
    for sign in [1, -1] {
      expectExact(way, 13, 64, 4096, true, false, a: { _ in 255 }, b: { _ in sign * both / 2 })
      expectExact(way, 13, 64, 128, true, false, a: { _ in 255 }, b: { $0 % 2 == 0 ? sign * 127 : sign * (both - 127) })
    }
  }

  private func expectExact(
    _ way: OwnWay, _ m: Int, _ n: Int, _ k: Int, _ ofBytes: Bool, _ accumulates: Bool, a value: (Int) -> Int,
    b factor: (Int) -> Int
  ) {
    let (ours, strideA, strideC) = (way.cpu(), k + 64, n + 16)
    let a = matrix(m, strideA, ofBytes ? .uint8 : way.type, value)
    let b = matrix(n, k, ofBytes ? .int8 : way.type, factor)
    let type = ofBytes ? mv_dnn_u8s8 : ours.dnnType
    #expect(ours.packedOrder(type, k: k, n: n) == .ours)
    let packed = Tensor(uninitialized: [n * k], type: ofBytes ? .int8 : way.type)
    ours.pack(type, k, n, .rowsOfK, stride: k, b.pointer, into: packed.pointer)
    let c = Tensor.zeros([m, strideC], type: ofBytes ? .int32 : .float32)
    for i in 0..<m * strideC { put(i % 100, in: c, i, ofBytes) }
    let product = Product(
      m: m, n: n, k: k, strideA: strideA, strideB: k, strideC: strideC, order: .ours, accumulates: accumulates,
      bytes: ofBytes)
    ours.multiply(product, a.pointer, packed.pointer, c.pointer.assumingMemoryBound(to: Float.self))
    for row in 0..<m {
      for column in 0..<strideC {
        let i = row * strideC + column
        let sum = column < n ? (0..<k).reduce(0) { $0 + value(row * strideA + $1) * factor(column * k + $1) } : 0
        let want = column >= n ? i % 100 : sum + (accumulates ? i % 100 : 0)
        #expect(number(in: c, i, ofBytes) == want, "\(m) \(n) \(k) \(row) \(column)")
      }
    }
  }

  /// An operand that lies in rows of n is the same as one in rows of k, in our order.
  @Test(arguments: OwnWay.here, [false, true]) func eitherKindOfRowsIsPacked(way: OwnWay, ofBytes: Bool) {
    let (ours, n, k) = (way.cpu(), 96, 192)
    let type = ofBytes ? mv_dnn_u8s8 : ours.dnnType
    let element = ofBytes ? ElementType.int8 : way.type
    let byColumns = matrix(n, k, element) { $0 % 100 - 50 }
    let byRows = matrix(k, n, element) { ($0 % n * k + $0 / n) % 100 - 50 }
    let packed = [OperandOrder.rowsOfK, .rowsOfN].map { order in
      let result = Tensor(uninitialized: [n * k], type: element)
      let (rows, stride) = order == .rowsOfK ? (byColumns, k) : (byRows, n)
      ours.pack(type, k, n, order, stride: stride, rows.pointer, into: result.pointer)
      return result.withUnsafeBytes { Array($0) }
    }
    #expect(packed[0] == packed[1])
  }

  /// Rows of halves, which begin at an odd byte, are packed as the float32 that they are.
  @Test(arguments: OwnWay.ofFloats, [ElementType.bfloat16, .float16])
  func halvesArePackedAsFloats(way: OwnWay, type: ElementType) throws {
    let ours = way.cpu()
    let pack = try #require(ours.ownProducts?.pack_halves)
    for (n, k, stride) in [(16, 16, 32), (32, 48, 131), (48, 320, 640)] {
      // Numbers of every size, and those that are none.
      let bytes = (0..<n * stride + 1).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 251) }
      let (packed, want) = (Tensor.zeros([n, k]), Tensor.zeros([n, k]))
      let plain = Tensor.zeros([n, k])
      bytes.withUnsafeBytes { rows in
        guard let base = rows.baseAddress else { return }
        pack(base + 1, stride, n, k, type == .bfloat16 ? 1 : 0, packed.f32)
        for row in 0..<n {
          let (from, to) = (base + 1 + row * stride, plain.f32 + row * k)
          if type == .bfloat16 { mv_bf16_to_f32(from, to, k) } else { mv_f16_to_f32(from, to, k) }
        }
      }
      ours.pack(mv_dnn_f32, k, n, .rowsOfK, stride: k, plain.pointer, into: want.pointer)
      for (got, want) in zip(packed.floats(), want.floats()) {
        #expect(got.bitPattern == want.bitPattern || got.isNaN && want.isNaN)
      }
    }
  }

  /// Words of scores are those of the same sums, and mixed values those that are added up from the same ones.
  @Test(arguments: OwnWay.here) func endsOfAttentionAreThoseOfItsProducts(way: OwnWay) throws {
    let ours = way.cpu()
    let ends = try #require(ours.ownProducts)
    let largest = Int(ours.largestPair) / 2
    var dice = Dice(state: 1)
    for (m, n, k) in Self.shapes where n % 64 == 0 {
      let (a, b) = (
        matrix(m, k, .uint8) { $0 &* 7919 % 251 }, matrix(n, k, .int8) { $0 &* 104_729 % (2 * largest) - largest }
      )
      let packed = Tensor(uninitialized: [n * k], type: .int8)
      ours.pack(mv_dnn_u8s8, k, n, .rowsOfK, stride: k, b.pointer, into: packed.pointer)
      let product = Product(m: m, n: n, k: k, strideA: k, strideB: k, strideC: n, order: .ours, bytes: true)
      var own = ours.ownProduct(product)
      let sums = Tensor(uninitialized: [m, n], type: .int32)
      ours.multiply(product, a.pointer, packed.pointer, sums.pointer.assumingMemoryBound(to: Float.self))

      let zeros = (0..<n).map { _ in Int32.random(in: -90_000...90_000, using: &dice) }
      let parts = (0..<n).map { _ in Int16.random(in: 1...32767, using: &dice) }
      var (words, want) = ([Int16](repeating: 7, count: m * n), [Int16](repeating: 7, count: m * n))
      zeros.withUnsafeBufferPointer { zeros in
        parts.withUnsafeBufferPointer { parts in
          let keys = mv_key_words(zeros: zeros.baseAddress, factors: parts.baseAddress, shift: 5)
          ends.score(&own, a.pointer, packed.pointer, keys, &words)
          ours.loops.to_words(sums.i32, m, n, keys, &want)
        }
      }
      #expect(words == want, "\(m) \(n) \(k)")

      for part in [64, 128, k] {
        expectMixing(ends, own, part, a, packed, b, &dice)
      }
    }
  }

  /// Sums of each part of the numbers are added up with factors of their own.
  private func expectMixing(
    _ ends: mv_products, _ product: mv_product, _ part: Int, _ a: Tensor, _ packed: Tensor, _ b: Tensor,
    _ dice: inout Dice
  ) {
    let (m, n, k, parts) = (product.m, product.n, product.k, (product.k + part - 1) / part)
    let (corrections, factors) = (dice.tensor([m]), dice.tensor([parts, m]))
    let (steps, mixed) = (dice.tensor([n]), dice.tensor([m, n]))
    var want = mixed.floats().map(Double.init)
    for row in 0..<m {
      for column in 0..<n {
        want[row * n + column] *= Double(corrections.f32[row])
        for i in 0..<k {
          let product = Double(a.u8[row * k + i]) * Double(b.i8[column * k + i])
          want[row * n + column] += product * Double(factors.f32[i / part * m + row]) * Double(steps.f32[column])
        }
      }
    }
    var product = product
    let mixing = mv_mixing(part: part, corrections: corrections.f32, factors: factors.f32, steps: steps.f32)
    ends.mix(&product, a.pointer, packed.pointer, mixing, mixed.f32)
    #expect(relativeError(mixed.floats(), want) < 1e-6, "\(m) \(n) \(k) \(part)")
  }

  private func matrix(_ rows: Int, _ columns: Int, _ type: ElementType, _ value: (Int) -> Int) -> Tensor {
    let result = Tensor(uninitialized: [rows, columns], type: type)
    for i in 0..<rows * columns {
      switch type {
      case .uint8: result.u8[i] = UInt8(value(i))
      case .int8: result.i8[i] = Int8(value(i))
      case .bfloat16: result.bf16[i] = UInt16(Float(value(i)).bitPattern >> 16)
      default: result.f32[i] = Float(value(i))
      }
    }
    return result
  }

  private func put(_ value: Int, in c: Tensor, _ i: Int, _ isInteger: Bool) {
    if isInteger { c.i32[i] = Int32(value) } else { c.f32[i] = Float(value) }
  }

  private func number(in c: Tensor, _ i: Int, _ isInteger: Bool) -> Int { isInteger ? Int(c.i32[i]) : Int(c.f32[i]) }

  /// Strips that are ours beside one that is not (its width is odd), rows in panels, and rows that are left over.
  @Test(arguments: OwnWay.here, [384, 399, 520]) func layersAreAsTheLibraryMakesThem(way: OwnWay, _ rows: Int) {
    let (ours, theirs) = (way.cpu(), way.cpu(ownProducts: false))
    for inputs in [96, 1536, 2048] {
      let x = CPU.noise([rows, inputs])
      func results(_ cpu: CPU) -> [[Float]] {
        // What is kept of a weight is in the order of one device.
        let weights = [544, 64, 130].map { Weight(CPU.noise([$0, inputs]), bias: CPU.noise([$0])) }
        return cpu.linear(x, weights, activation: .geluTanh, for: .products).map { $0.floats() }
      }
      for (a, b) in zip(results(ours), results(theirs)) {
        #expect(relativeError(a, b.map(Double.init)) < way.tolerance)
      }
    }
  }

  @Test(arguments: OwnWay.here, [true, false]) func attentionIsAsTheLibraryMakesIt(way: OwnWay, inBytes: Bool) {
    // Bytes of fewer bits are others than the library's.
    if inBytes && way.cpu().largestPair < CPU.anyBytes { return }
    let (ours, theirs) = (way.cpu(), way.cpu(ownProducts: false))
    let shape = HeadShape(heads: 3, mayRound: inBytes)
    // Of more keys than 128 as bytes, other ones are rounded together here than there.
    for (queries, keys, size) in [(1, 1, 64), (33, inBytes ? 100 : 130, 64), (150, inBytes ? 128 : 700, 128)] {
      let (few, many) = (CPU.noise([queries, 3 * size]), CPU.noise([keys, 3 * size]))
      func result(_ cpu: CPU) -> [Float] {
        cpu.attention(cpu.queries(few, shape), over: cpu.memory(keys: many, values: many, shape), scale: 0.2).floats()
      }
      #expect(relativeError(result(ours), result(theirs).map(Double.init)) < 2e-3)
    }
  }
}

extension OwnProductsTests {
  /// Channels in and out, height and width: few of all; pieces of one row; weights of several frames together, of one at a
  /// time, and more than stay in the cache; and numbers of channels that are the library's.
  @Test(
    arguments: OwnWay.here,
    [
      (32, 32, 1, 1), (32, 64, 7, 5), (96, 96, 40, 33), (192, 192, 9, 20), (384, 416, 5, 6), (40, 32, 6, 7),
      (32, 3, 6, 7), (32, 16, 9, 11), (16, 16, 20, 30), (64, 48, 6, 7),
    ])
  func convolutionsAreAsTheLibraryMakesThem(way: OwnWay, _ picture: (Int, Int, Int, Int)) {
    let (ours, theirs) = (way.cpu(), way.cpu(ownProducts: false))
    let (inputs, outputs, height, width) = picture
    for (frames, size) in [(3, 3), (1, 3), (1, 1)] {
      let weights = CPU.noise([outputs, inputs, frames, size, size])
      for bias in [CPU.noise([outputs]), nil] {
        func results(_ cpu: CPU) -> [[Float]] {
          let kernel = ConvolutionKernel(weights, bias: bias)
          let pictures = (0..<frames).map { frame in
            frame == 0 && frames > 1 ? nil : FeatureMap(scaled(CPU.noise([height, width, inputs]), Float(frame + 1)))
          }
          let sum = FeatureMap(CPU.noise([height, width, outputs]))
          cpu.addConvolution(pictures, kernel, to: sum)
          var results = [cpu.convolve(pictures, kernel), sum].map { $0.picture().floats() }
          results.append(cpu.forSums(cpu.convolve(pictures, kernel, norm: CPU.noise([outputs]))))
          if frames == 1, let picture = pictures[0] {
            results.append(cpu.convolveUpsampled(picture, kernel).picture().floats())
          }
          return results
        }
        for (a, b) in zip(results(ours), results(theirs)) {
          #expect(relativeError(a, b.map(Double.init)) < way.tolerance)
        }
      }
    }
    #expect(
      ours.convolvesAlone(ConvolutionKernel(CPU.noise([outputs, inputs, 1, 1, 1]), bias: nil))
        == (inputs % (way.type == .bfloat16 ? 32 : 16) == 0 && outputs % (way == .tiles ? 32 : 16) == 0))
  }

  private func scaled(_ x: Tensor, _ factor: Float) -> Tensor {
    x.withMutableFloats { values in for index in values.indices { values[index] *= factor } }
    return x
  }
}

extension CPU {
  /// The numbers of a picture that is for convolutions, borders included: those are zeros.
  fileprivate func forSums(_ x: FeatureMap) -> [Float] { x.values.floats() }
}
