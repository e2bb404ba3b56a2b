import COneDNN
import Foundation
import Kernels
import Testing

@testable import Tensors

/// Products on AMX's tiles against their definition, and against the library's.
@Suite(.enabled(if: CPU.hasTiles)) struct TilesTests {
  private let ours = CPU(precision: .turbo, multiplied: .bfloat16)
  private let theirs = CPU(precision: .turbo, multiplied: .bfloat16, tiles: false)

  /// Rows, columns, numbers of a sum: one row, one tile's, one more, two's, and what is left over after many.
  private static let shapes = [
    (1, 32, 64), (15, 32, 128), (16, 64, 64), (17, 96, 320), (31, 32, 64), (33, 64, 320), (100, 160, 64),
  ]

  /// A product of small whole numbers is exact. Sums are added to what is there, and rows lie apart.
  @Test(arguments: [false, true]) func productsAreExact(ofBytes: Bool) {
    for (m, n, k) in Self.shapes {
      for accumulates in [false, true] {
        let (strideA, strideC) = (k + 32, n + 16)
        func value(_ i: Int) -> Int { i &* 7919 % 15 }
        let a = matrix(m, strideA, ofBytes ? .uint8 : .bfloat16) { value($0) }
        let b = matrix(n, k, ofBytes ? .int8 : .bfloat16) { value($0 + 5) - 7 }
        let type = ofBytes ? mv_dnn_u8s8 : mv_dnn_bf16
        #expect(ours.packedOrder(type, k: k, n: n) == .tiles)
        let packed = Tensor(uninitialized: [n * k], type: ofBytes ? .int8 : .bfloat16)
        ours.pack(type, k, n, .rowsOfK, stride: k, b.pointer, into: packed.pointer)
        let c = Tensor.zeros([m, strideC], type: ofBytes ? .int32 : .float32)
        for i in 0..<m * strideC { put(i % 100, in: c, i, ofBytes) }
        let product = Product(
          m: m, n: n, k: k, strideA: strideA, strideB: k, strideC: strideC, order: .tiles, accumulates: accumulates,
          bytes: ofBytes)
        ours.multiply(product, a.pointer, packed.pointer, c.pointer.assumingMemoryBound(to: Float.self))
        for row in 0..<m {
          for column in 0..<strideC {
            let i = row * strideC + column
            let sum = (0..<k).reduce(0) { $0 + value(row * strideA + $1) * (value(column * k + $1 + 5) - 7) }
            let want = column >= n ? i % 100 : sum + (accumulates ? i % 100 : 0)
            #expect(number(in: c, i, ofBytes) == want, "\(m) \(n) \(k) \(row) \(column)")
          }
        }
      }
    }
  }

  /// Words of scores are those of the same sums, and mixed values those that are added up from the same ones.
  @Test func endsOfAttentionAreThoseOfItsProducts() {
    var dice = Dice(state: 1)
    for (m, n, k) in Self.shapes where n % 64 == 0 {
      let (a, b) = (matrix(m, k, .uint8) { $0 &* 7919 % 251 }, matrix(n, k, .int8) { $0 &* 104_729 % 250 - 125 })
      let packed = Tensor(uninitialized: [n * k], type: .int8)
      ours.pack(mv_dnn_u8s8, k, n, .rowsOfK, stride: k, b.pointer, into: packed.pointer)
      let product = Product(m: m, n: n, k: k, strideA: k, strideB: k, strideC: n, order: .tiles, bytes: true)
      var tiles = ours.tileProduct(product)
      let sums = Tensor(uninitialized: [m, n], type: .int32)
      ours.multiply(product, a.pointer, packed.pointer, sums.pointer.assumingMemoryBound(to: Float.self))

      let zeros = (0..<n).map { _ in Int32.random(in: -90_000...90_000, using: &dice) }
      let parts = (0..<n).map { _ in Int16.random(in: 1...32767, using: &dice) }
      var (words, want) = ([Int16](repeating: 7, count: m * n), [Int16](repeating: 7, count: m * n))
      zeros.withUnsafeBufferPointer { zeros in
        parts.withUnsafeBufferPointer { parts in
          let keys = mv_key_words(zeros: zeros.baseAddress, factors: parts.baseAddress, shift: 5)
          mv_score_on_tiles(&tiles, a.pointer, packed.pointer, keys, &words)
          ours.loops.to_words(sums.i32, m, n, keys, &want)
        }
      }
      #expect(words == want, "\(m) \(n) \(k)")

      for part in [64, 128, k] {
        expectMixing(tiles, part, a, packed, b, &dice)
      }
    }
  }

  /// Sums of each part of the numbers are added up with factors of their own.
  private func expectMixing(
    _ product: mv_tile_product, _ part: Int, _ a: Tensor, _ packed: Tensor, _ b: Tensor, _ dice: inout Dice
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
    mv_mix_on_tiles(&product, a.pointer, packed.pointer, mixing, mixed.f32)
    #expect(relativeError(mixed.floats(), want) < 1e-6, "\(m) \(n) \(k) \(part)")
  }

  private func matrix(_ rows: Int, _ columns: Int, _ type: ElementType, _ value: (Int) -> Int) -> Tensor {
    let result = Tensor(uninitialized: [rows, columns], type: type)
    for i in 0..<rows * columns {
      switch type {
      case .uint8: result.u8[i] = UInt8(value(i))
      case .int8: result.i8[i] = Int8(value(i))
      default: result.bf16[i] = UInt16(Float(value(i)).bitPattern >> 16)
      }
    }
    return result
  }

  private func put(_ value: Int, in c: Tensor, _ i: Int, _ isInteger: Bool) {
    if isInteger { c.i32[i] = Int32(value) } else { c.f32[i] = Float(value) }
  }

  private func number(in c: Tensor, _ i: Int, _ isInteger: Bool) -> Int { isInteger ? Int(c.i32[i]) : Int(c.f32[i]) }

  /// Strips that tiles take beside one that they do not (its width is odd), rows in panels, and rows that are left over.
  /// Both round to bfloat16 where the sum, made in another order, may fall on the other side.
  @Test(arguments: [384, 399, 520]) func layersAreAsTheLibraryMakesThem(_ rows: Int) {
    for inputs in [96, 1536, 2048] {
      let x = CPU.noise([rows, inputs])
      let weights = [544, 64, 130].map { Weight(CPU.noise([$0, inputs]), bias: CPU.noise([$0])) }
      func results(_ cpu: CPU) -> [[Float]] {
        cpu.linear(x, weights, activation: .geluTanh, for: .products).map { $0.floats() }
      }
      for (a, b) in zip(results(ours), results(theirs)) { #expect(relativeError(a, b.map(Double.init)) < 1e-3) }
    }
  }

  @Test(arguments: [true, false]) func attentionIsAsTheLibraryMakesIt(inBytes: Bool) {
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

extension TilesTests {
  /// Channels in and out, height and width: few of all; pieces of one row; weights of several frames together, of one at a
  /// time, and more than stay in the cache; and numbers of channels that are the library's.
  @Test(arguments: [
    (32, 32, 1, 1), (32, 64, 7, 5), (96, 96, 40, 33), (192, 192, 9, 20), (384, 416, 5, 6), (48, 32, 6, 7),
    (32, 3, 6, 7),
  ])
  func convolutionsAreAsTheLibraryMakesThem(_ inputs: Int, _ outputs: Int, _ height: Int, _ width: Int) {
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
        for (a, b) in zip(results(ours), results(theirs)) { #expect(relativeError(a, b.map(Double.init)) < 1e-3) }
      }
    }
    #expect(
      ours.convolvesOnTiles(ConvolutionKernel(CPU.noise([outputs, inputs, 1, 1, 1]), bias: nil))
        == (inputs != 48 && outputs != 3))
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
