import Foundation
import Kernels
import Testing

@testable import Tensors

/// The loops of every instruction set that this CPU has, against their definitions in double.
@Suite struct LoopsTests {
  static let sets: [String] = ["plain", "avx2", "avx512", "avx512bf16"].filter { (name: String) in
    mv_loops_for(name) != nil
  }
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
      loops.add_gated(&summed, stride, tile, rows, columns, bias)
      var finished = tile
      loops.finish(&finished, rows, columns, columns, bias, mv_silu)
      var product = Self.padded(base, columns, to: stride)
      loops.multiply_into(tile, rows, columns, columns, &product, stride, 0)
      for index in tile.indices {
        let (x, b, before) = (Double(tile[index]), Double(bias[index % columns]), Double(base[index]))
        let place = index / columns * stride + index % columns
        #expect(abs(Double(summed[place]) - (before + x * b)) < 1e-6)
        #expect(abs(Double(product[place]) - before * x) < 1e-6)
        #expect(abs(Double(finished[index]) - (x + b) / (1 + exp(-x - b))) < 1e-6)
      }
      #expect(summed.indices.allSatisfy { $0 % stride < columns || summed[$0] == 9 })
      #expect(product.indices.allSatisfy { $0 % stride < columns || product[$0] == 9 })
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
