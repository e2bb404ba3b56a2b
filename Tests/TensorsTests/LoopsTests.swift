import Foundation
import Kernels
import Testing

@testable import Tensors

/// The loops of every instruction set that this CPU has, against their definitions in double.
@Suite struct LoopsTests {
  static let sets: [String] = ["plain", "avx2", "avx512", "avx512vnni", "avx512bf16"].filter { (name: String) in
    mv_loops_for(name) != nil
  }
  /// Sums that are numbers, not of bytes.
  private let plain = mv_byte_steps()
  static let sizes = [(1, 1), (3, 7), (5, 16), (2, 33), (17, 128), (17, 130), (4, 257)]

  @Test(arguments: sets) func softmaxOverBlocksIsSoftmax(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 1)
    for (rows, columns) in Self.sizes {
      for halves in [0, 1] as [Int32] {
        let blocks = (0..<3).map { _ in dice.tensor([rows, columns]).floats().map { 20 * $0 } }
        var (maxima, sums) = ([Float](repeating: -.infinity, count: rows), [Float](repeating: 0, count: rows))
        var (corrections, done) = ([Float](repeating: 0, count: rows), [[Double]]())
        for block in blocks {
          var scores = Self.padded(block, columns, to: columns + 3)
          var weights = [Float](repeating: 7, count: scores.count)
          loops.online_softmax(
            &scores, rows, columns, columns + 3, 0.5, nil, &maxima, &sums, &corrections, &weights, halves)
          for (index, weight) in Self.values(weights, scores.count, halves).enumerated()
          where index % (columns + 3) >= columns { #expect(weight == 0) }
          done = done.map { values in values.indices.map { values[$0] * Double(corrections[$0 / columns]) } }
          let all = Self.values(weights, scores.count, halves)
          done.append((0..<rows * columns).map { all[$0 / columns * (columns + 3) + $0 % columns] })
        }
        for row in 0..<rows {
          let logits = blocks.flatMap { $0[row * columns..<(row + 1) * columns] }.map { 0.5 * Double($0) }
          let exponentials = logits.map { exp($0 - (logits.max() ?? 0)) }
          let want = exponentials.map { $0 / exponentials.reduce(0, +) }
          let got = done.flatMap { $0[row * columns..<(row + 1) * columns] }.map { Float($0 / Double(sums[row])) }
          #expect(relativeError(got, want) < (halves == 1 ? 5e-3 : 2e-6), "\(set) \(rows) \(columns)")
        }
      }
    }
  }

  @Test(arguments: sets) func endsOfProductsEqualTheirDefinitions(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 2)
    for (rows, columns) in Self.sizes {
      let (tile, bias) = (dice.tensor([rows, columns]).floats(), dice.tensor([columns]).floats())
      let base = dice.tensor([rows, columns]).floats()
      let stride = columns + 5
      var summed = Self.padded(base, columns, to: stride)
      loops.add_gated(&summed, stride, tile, rows, columns, columns, plain, nil, bias)
      var plus = Self.padded(base, columns, to: stride)
      loops.add_gated(&plus, stride, tile, rows, columns, columns, plain, bias, bias)
      loops.add_gated(&plus, stride, tile, rows, columns, columns, plain, bias, nil)
      loops.add_gated(&plus, stride, tile, rows, columns, columns, plain, nil, nil)
      var finished = tile
      loops.finish(tile, rows, columns, columns, plain, bias, mv_silu, &finished, columns, 0)
      var product = Self.padded(base, columns, to: stride)
      loops.multiply_into(tile, rows, columns, columns, &product, stride, 0)
      for index in tile.indices {
        let (x, b, before) = (Double(tile[index]), Double(bias[index % columns]), Double(base[index]))
        let place = index / columns * stride + index % columns
        #expect(abs(Double(summed[place]) - (before + x * b)) < 1e-6)
        #expect(abs(Double(plus[place]) - (before + (x + b) * b + (x + b) + x)) < 3e-6)
        #expect(abs(Double(product[place]) - before * x) < 1e-6)
        #expect(abs(Double(finished[index]) - (x + b) / (1 + exp(-x - b))) < 1e-6)
      }
      #expect(summed.indices.allSatisfy { $0 % stride < columns || summed[$0] == 9 })
      #expect(product.indices.allSatisfy { $0 % stride < columns || product[$0] == 9 })
    }
  }

  @Test(arguments: sets) func endsInBFloat16EqualTheirDefinitions(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 6)
    for (rows, columns) in Self.sizes {
      let (tile, bias) = (dice.tensor([rows, columns]).floats().map { 8 * $0 }, dice.tensor([columns]).floats())
      for (activation, gate) in [
        (mv_identity, { _ in 1 }), (mv_silu, { 1 / (1 + exp(-$0)) }), (mv_gelu_tanh, Self.geluGate),
      ]
        as [(mv_activation, (Double) -> Double)]
      {
        for bias in [nil, bias] {
          var halves = [UInt16](repeating: 9, count: rows * (columns + 3))
          loops.finish(tile, rows, columns, columns, plain, bias, activation, &halves, columns + 3, 1)
          for (place, half) in halves.enumerated() {
            let (row, column) = (place / (columns + 3), place % (columns + 3))
            if column >= columns {
              #expect(half == 9)
              continue
            }
            let x = Double(tile[row * columns + column]) + Double(bias?[column] ?? 0)
            let got = Double(Float(bitPattern: UInt32(half) << 16))
            #expect(abs(got - x * gate(x)) <= 0.0045 * abs(x * gate(x)) + 1e-6, "\(set) \(activation) \(x)")
          }
        }
      }
    }
  }

  /// What x is multiplied with: (1 + tanh u) / 2, u = √(2/π) (x + 0.044715 x³).
  private static func geluGate(_ x: Double) -> Double {
    1 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }

  /// What is too large for an exponential has the limit, and NaN stays NaN.
  @Test(arguments: sets) func activationsHaveTheirLimits(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    for activation in [mv_silu, mv_gelu_tanh] {
      for count in [1, 16, 19] {
        for (x, want) in [(1e4, 1e4), (-1e4, 0), (1e15, 1e15), (-1e15, 0), (0, 0), (.nan, .nan)] as [(Float, Float)] {
          let sums = [Float](repeating: x, count: count)
          var halves = [UInt16](repeating: 9, count: count)
          loops.finish(sums, 1, count, count, plain, nil, activation, &halves, count, 1)
          for half in halves {
            let got = Float(bitPattern: UInt32(half) << 16)
            #expect(want.isNaN ? got.isNaN : abs(got - want) <= 0.004 * want + 1e-20, "\(set) \(x) \(got)")
          }
        }
      }
    }
  }

  @Test(arguments: sets) func headsAreNormedAndTurned(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 7)
    for (rows, size) in [(1, 2), (3, 6), (5, 16), (2, 34), (17, 128), (3, 130)] {
      let (stride, half) = (size + 3, size / 2)
      let (factors, weight) = (dice.tensor([rows]).floats(), dice.tensor([size]).floats())
      // The same numbers in both types.
      let x = dice.tensor([rows, stride]).floats().map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }
      let xHalves = x.map { UInt16($0.bitPattern >> 16) }
      let angles = dice.tensor([rows, half]).floats()
      let (cosines, sines) = (angles.map(cosf), angles.map(sinf))
      for isNormed in [false, true] {
        for isTurned in [false, true] {
          for (ofHalves, halves) in [(0, 0), (0, 1), (1, 0), (1, 1)] as [(Int32, Int32)] {
            var out = [Float](repeating: 9, count: rows * size)
            func cut(_ x: UnsafeRawPointer) {
              loops.head_rows(
                x, ofHalves, rows, size, stride, isNormed ? factors : nil, isNormed ? weight : nil,
                isTurned ? cosines : nil, isTurned ? sines : nil, &out, halves)
            }
            if ofHalves == 1 { cut(xHalves) } else { cut(x) }
            let got = Self.values(out, rows * size, halves)
            for row in 0..<rows {
              let normed = (0..<size).map {
                Double(x[row * stride + $0]) * (isNormed ? Double(factors[row] * weight[$0]) : 1)
              }
              for column in 0..<size {
                let (c, s) = (Double(cosines[row * half + column / 2]), Double(sines[row * half + column / 2]))
                let turned =
                  column % 2 == 0
                  ? normed[column] * c - normed[column + 1] * s : normed[column] * c + normed[column - 1] * s
                let want = isTurned ? turned : normed[column]
                #expect(abs(got[row * size + column] - want) <= (halves == 1 ? 0.004 * abs(want) : 0) + 1e-6)
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: sets) func factorsOfNormsEqualTheirDefinitions(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 10)
    for (rows, columns) in Self.sizes {
      let x = dice.tensor([rows, columns]).floats().map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }
      var (factors, ofHalves) = ([Float](repeating: 9, count: rows), [Float](repeating: 9, count: rows))
      loops.rms_factors(x, 0, rows, columns, 1e-6, &factors)
      loops.rms_factors(x.map { UInt16($0.bitPattern >> 16) }, 1, rows, columns, 1e-6, &ofHalves)
      for row in 0..<rows {
        let squares = x[row * columns..<(row + 1) * columns].reduce(0) { $0 + Double($1) * Double($1) }
        let want = 1 / (squares / Double(columns) + 1e-6).squareRoot()
        #expect(abs(Double(factors[row]) - want) < 1e-5 * want && abs(Double(ofHalves[row]) - want) < 1e-5 * want)
      }
    }
  }

  /// The word of these numbers of a sum and this column, in an order with so many columns together.
  private func place(_ word: Int, _ column: Int, of words: Int, _ together: Int) -> Int {
    (column / together * words + word) * together + column % together
  }

  @Test(arguments: sets) func wordsArePackedInBlocks(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    // Rows begin at an odd byte.
    for (count, words, stride, together) in [
      (64, 16, 64, 64), (64, 48, 193, 64), (192, 16, 65, 64), (128, 32, 128, 64), (32, 16, 64, 16), (48, 32, 131, 16),
    ] {
      let bytes = (0..<count * stride + 1).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 251) }
      var packed = [UInt32](repeating: 0, count: count * words)
      bytes.withUnsafeBytes { rows in
        guard let base = rows.baseAddress else { return }
        loops.pack_words(base + 1, stride, count, words, together, &packed)
        for row in 0..<count {
          for word in 0..<words {
            let want = base.loadUnaligned(fromByteOffset: 1 + row * stride + 4 * word, as: UInt32.self)
            #expect(packed[place(word, row, of: words, together)] == want)
          }
        }
      }
    }
  }

  @Test(arguments: sets) func rowsAreInterleavedToWords(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    for (n, words, size, together) in [
      (64, 16, 2, 64), (128, 32, 1, 64), (32, 16, 2, 16), (48, 48, 1, 16), (64, 16, 4, 16),
    ] {
      let (stride, rows) = (n * size + 6, words * 4 / size)
      let bytes = (0..<rows * stride).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 251) }
      var packed = [UInt32](repeating: 0, count: n * words)
      loops.interleave_rows(bytes, stride, n, words, size, together, &packed)
      for word in 0..<words {
        for column in 0..<n {
          // The bytes of a word, least first: those of each row in turn.
          let want = (0..<4).reduce(UInt32(0)) { word32, byte in
            let row = word * 4 / size + byte / size
            return word32 | UInt32(bytes[row * stride + column * size + byte % size]) << (8 * byte)
          }
          #expect(packed[place(word, column, of: words, together)] == want)
        }
      }
    }
  }

  @Test(arguments: sets) func bfloat16IsRoundedToNearestEven(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    let patterns: [UInt32] = [
      0, 0x8000_0000, 0x3F80_8000, 0x3F81_8000, 0x3F80_7FFF, 0x3F80_8001, 0x7F7F_FFFF, 0x7F80_0000,
    ]
    let wants: [UInt16] = [0, 0x8000, 0x3F80, 0x3F82, 0x3F80, 0x3F81, 0x7F80, 0x7F80]
    for count in [1, 8, 16, 37] {
      let values = (0..<count).map { Float(bitPattern: patterns[$0 % patterns.count]) }
      var halves = [UInt16](repeating: 1, count: count)
      loops.to_bf16(values, 1, count, count, &halves, count)
      for index in 0..<count { #expect(halves[index] == wants[index % wants.count]) }
      var nan = [UInt16](repeating: 0, count: count)
      loops.to_bf16([Float](repeating: .nan, count: count), 1, count, count, &nan, count)
      #expect(nan.allSatisfy { $0 & 0x7F80 == 0x7F80 && $0 & 0x7F != 0 })
    }
  }

  @Test(arguments: sets) func rowsAreDividedAndScaled(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 3)
    for (rows, columns) in Self.sizes {
      let (x, divisors) = (dice.tensor([rows, columns]).floats(), (0..<rows).map { Float($0 + 1) })
      var (source, out) = (x, [Float](repeating: 9, count: rows * (columns + 2)))
      loops.divide_rows(&source, rows, columns, divisors, &out, columns + 2, 0)
      var scaled = x
      loops.scale_rows(&scaled, rows, columns, columns, divisors)
      for index in x.indices {
        let (row, column) = (index / columns, index % columns)
        #expect(abs(out[row * (columns + 2) + column] - x[index] / divisors[row]) < 1e-6)
        #expect(scaled[index] == x[index] * divisors[row])
      }
    }
  }

  /// Rows of `columns` values, 9 between them.
  private static func padded(_ values: [Float], _ columns: Int, to stride: Int) -> [Float] {
    var result: [Float] = []
    for start in Swift.stride(from: 0, to: values.count, by: columns) {
      result += values[start..<start + columns]
      result += [Float](repeating: 9, count: stride - columns)
    }
    return result
  }

  private static func values(_ memory: [Float], _ count: Int, _ halves: Int32) -> [Double] {
    if halves == 0 { return memory.prefix(count).map(Double.init) }
    return memory.withUnsafeBytes { bytes in
      (0..<count).map { index in
        let half = bytes.load(fromByteOffset: 2 * index, as: UInt16.self)
        return Double(Float(bitPattern: UInt32(half) << 16))
      }
    }
  }
}
