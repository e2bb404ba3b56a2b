import Foundation
import Kernels
import Testing

@testable import Tensors

/// The loops about 8-bit numbers, in every instruction set that this CPU has, against their definitions.
@Suite struct ByteLoopsTests {
  struct Rows {
    var bytes: [UInt8]
    var steps: [Float]
    var zeros: [Int32]
  }

  /// The upper halves of numbers: the same numbers in bfloat16 when the lower ones are zero.
  private static func halves(_ x: [Float]) -> [UInt16] { x.map { UInt16($0.bitPattern >> 16) } }

  /// - Parameter panels: into so many of them, rows one after the other in each.
  private func toBytes(
    _ loops: mv_loops, _ x: [Float], _ rows: Int, _ columns: Int, halves: Bool = false, panels: Int = 1
  ) -> Rows {
    let (width, panel) = (columns / panels, rows * (columns / panels))
    var result = Rows(
      bytes: [UInt8](repeating: 7, count: x.count), steps: [Float](repeating: 7, count: rows),
      zeros: [Int32](repeating: 7, count: rows))
    if halves {
      loops.to_bytes(Self.halves(x), rows, columns, 1, &result.bytes, width, panel, &result.steps, &result.zeros)
    } else {
      loops.to_bytes(x, rows, columns, 0, &result.bytes, width, panel, &result.steps, &result.zeros)
    }
    return result
  }

  @Test(arguments: LoopsTests.sets) func rowsBecomeTheNearestBytes(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 1)
    for (rows, columns) in LoopsTests.sizes {
      for (scale, shift) in [(1, 0), (1e-20, 0), (3e30, 0), (1, 5), (0.01, -2)] as [(Float, Float)] {
        // Without the lower half of a float32, so that both types hold the same values.
        let x = dice.tensor([rows, columns]).floats().map {
          Float(bitPattern: ($0 * scale + shift).bitPattern & 0xFFFF_0000)
        }
        for halves in [false, true] {
          let got = toBytes(loops, x, rows, columns, halves: halves)
          for index in x.indices {
            let (step, zero) = (Double(got.steps[index / columns]), Double(got.zeros[index / columns]))
            #expect((0...255).contains(zero))
            #expect(abs(Double(x[index]) - step * (Double(got.bytes[index]) - zero)) <= 1.001 * step)
          }
          for row in 0..<rows {
            // All levels are used: the range, with zero in it, is 255 steps.
            let values = x[row * columns..<(row + 1) * columns]
            let range = Double(max(values.max() ?? 0, 0)) - Double(min(values.min() ?? 0, 0))
            #expect(abs(Double(got.steps[row]) * 255 - range) <= 1e-5 * range)
          }
        }
      }
    }
  }

  @Test(arguments: LoopsTests.sets) func rowsOfBytesAreCutIntoPanels(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 9)
    for (rows, columns, panels) in [(1, 6, 3), (3, 40, 2), (5, 192, 3), (2, 512, 4)] {
      var x = dice.tensor([rows, columns]).floats()
      if rows == 5 { x[columns + 7] = .nan }
      for halves in [false, true] {
        let whole = toBytes(loops, x, rows, columns, halves: halves)
        let cut = toBytes(loops, x, rows, columns, halves: halves, panels: panels)
        #expect(cut.steps.map(\.bitPattern) == whole.steps.map(\.bitPattern) && cut.zeros == whole.zeros)
        let width = columns / panels
        for row in 0..<rows {
          for column in 0..<columns {
            let place = column / width * rows * width + row * width + column % width
            #expect(cut.bytes[place] == whole.bytes[row * columns + column])
          }
        }
      }
    }
  }

  @Test(arguments: LoopsTests.sets) func nothingFiniteComesOfNaN(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    for columns in [1, 5, 16, 40] {
      for bad in [Float.nan, .infinity, -.infinity] {
        for place in [0, columns - 1] {
          var x = [Float](repeating: 0.5, count: 3 * columns)
          x[columns + place] = bad
          for halves in [false, true] {
            let got = toBytes(loops, x, 3, columns, halves: halves)
            #expect(got.steps.map(\.isFinite) == [true, false, true])
          }
          var (bytes, steps) = ([Int8](repeating: 7, count: x.count), [Float](repeating: 7, count: 3))
          var sums = [Float](repeating: 7, count: 3)
          loops.to_weight_bytes(x, 3, columns, 0, CPU.anyBytes, &bytes, &steps, &sums)
          #expect(steps.map(\.isFinite) == [true, false, true])
        }
      }
    }
  }

  @Test(arguments: LoopsTests.sets) func zerosStayZero(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    let got = toBytes(loops, [Float](repeating: 0, count: 40), 2, 20)
    #expect(got.steps.allSatisfy { $0 > 0 && $0 < 1e-20 } && got.bytes.allSatisfy { $0 == 0 } && got.zeros == [0, 0])
  }

  @Test(arguments: LoopsTests.sets, [254, 128]) func weightsBecomeTheNearestBytes(set: String, pair: Int) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 2)
    for (rows, columns) in LoopsTests.sizes {
      let x = dice.tensor([rows, columns]).floats().map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }
      var (bytes, steps) = ([Int8](repeating: 7, count: x.count), [Float](repeating: 7, count: rows))
      var sums = [Float](repeating: 7, count: rows)
      loops.to_weight_bytes(x, rows, columns, 0, Int32(pair), &bytes, &steps, &sums)
      var other = bytes.map { _ in Int8(7) }
      loops.to_weight_bytes(Self.halves(x), rows, columns, 1, Int32(pair), &other, &steps, &sums)
      #expect(bytes == other)
      for row in 0..<rows {
        let places = row * columns..<(row + 1) * columns
        let sum = bytes[places].reduce(0) { $0 + Float($1) }
        #expect(sums[row] == sum)
        expectLevels(bytes[places].map { Int($0) }, pair)
        for index in places {
          let step = Double(steps[row])
          #expect(abs(Double(x[index]) - step * Double(bytes[index])) <= 0.5001 * step)
        }
      }
    }
  }

  /// As many levels are used as there are: no number is larger than 127, no two neighbours than they may be together, and some
  /// are as large, but for what rounding does to two.
  private func expectLevels(_ bytes: [Int], _ pair: Int) {
    let sizes = bytes.map(abs)
    let pairs = stride(from: 0, to: sizes.count, by: 2).map { sizes[$0..<min(sizes.count, $0 + 2)].reduce(0, +) }
    let (largest, largestPair) = (sizes.max() ?? 0, pairs.max() ?? 0)
    #expect(largest <= 127 && largestPair <= pair)
    #expect(largest == 127 || largestPair >= pair - 2)
  }

  /// What products of bytes stand for, at their ends.
  @Test(arguments: LoopsTests.sets) func sumsBecomeWhatTheyStandFor(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 3)
    for (rows, columns) in LoopsTests.sizes {
      let some = ByteSums(rows, columns, &dice)
      let (bias, gate) = (dice.tensor([columns]).floats(), dice.tensor([columns]).floats())
      let before = dice.tensor([rows, columns]).floats()
      var (plain, gated, silu) = (some.sums, before, some.sums)
      loops.finish(some.sums, rows, columns, columns, some.bytes, nil, mv_identity, &plain, columns, 0)
      loops.add_gated(&gated, columns, some.sums, rows, columns, columns, some.bytes, bias, gate)
      // In place.
      silu.withUnsafeMutableBufferPointer {
        guard let x = $0.baseAddress else { return }
        loops.finish(x, rows, columns, columns, some.bytes, bias, mv_silu, x, columns, 0)
      }
      var halves = [UInt16](repeating: 9, count: rows * columns)
      loops.finish(some.sums, rows, columns, columns, some.bytes, bias, mv_silu, &halves, columns, 1)
      for index in before.indices {
        let (want, column) = (some.value(index / columns, index % columns), index % columns)
        let biased = want + Double(bias[column])
        let activated = biased / (1 + exp(-biased))
        #expect(abs(Double(plain[index]) - want) <= 1e-6 * abs(want))
        let sum = Double(before[index]) + biased * Double(gate[column])
        #expect(abs(Double(gated[index]) - sum) <= 1e-6 * (1 + abs(biased)))
        #expect(abs(Double(silu[index]) - activated) <= 1e-6 * (1 + abs(activated)))
        let half = Double(Float(bitPattern: UInt32(halves[index]) << 16))
        #expect(abs(half - activated) <= 0.0045 * abs(activated) + 1e-6)
      }
    }
  }

  @Test(arguments: LoopsTests.sets) func rowsBecomeBytesAround128(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 10)
    for (rows, columns) in LoopsTests.sizes {
      var x = dice.tensor([rows, columns]).floats()
      if rows > 1 { x[columns + columns / 2] = .infinity }
      var (bytes, steps) = ([UInt8](repeating: 7, count: x.count), [Float](repeating: 7, count: rows))
      loops.to_centred_bytes(x, rows, columns, &bytes, &steps)
      for row in 0..<rows where row != 1 {
        let places = row * columns..<(row + 1) * columns
        #expect(bytes[places].map { abs(Int($0) - 128) }.max() == 127)
        for index in places {
          let (value, step) = (Double(bytes[index]) - 128, Double(steps[row]))
          #expect(abs(Double(x[index]) - step * value) <= 0.5001 * step)
        }
      }
      if rows > 1 { #expect(steps[1].isNaN && bytes[columns..<2 * columns].allSatisfy { $0 == 128 }) }
    }
  }

  @Test(arguments: LoopsTests.sets, [254, 128]) func columnsBecomeTheNearestBytes(set: String, pair: Int) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 4)
    for (rows, columns) in LoopsTests.sizes {
      var x = dice.tensor([rows, columns]).floats()
      for row in 0..<rows { x[row * columns] = 0 }
      x[(rows - 1) * columns + columns - 1] = .nan
      var (bytes, steps) = ([Int8](repeating: 7, count: x.count), [Float](repeating: 7, count: columns))
      loops.to_column_bytes(x, rows, columns, Int32(pair), &bytes, &steps)
      #expect(steps.dropLast().allSatisfy(\.isFinite) && steps.last?.isNaN == true)
      for index in x.indices where index % columns < columns - 1 {
        let step = Double(steps[index % columns])
        #expect(abs(Double(x[index]) - step * Double(bytes[index])) <= 0.5001 * step)
      }
      for column in 1..<max(1, columns - 1) {
        expectLevels((0..<rows).map { Int(bytes[$0 * columns + column]) }, pair)
      }
    }
  }

  @Test(arguments: LoopsTests.sets) func sumsOfABlockAreAdded(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 6)
    for (rows, columns) in LoopsTests.sizes {
      let (x, corrections) = (dice.tensor([rows, columns]).floats(), dice.tensor([rows]).floats())
      let (factors, steps) = (dice.tensor([rows]).floats(), dice.tensor([columns]).floats())
      let sums = x.map { _ in Int32.random(in: -1 << 20...1 << 20, using: &dice) }
      var got = x
      loops.add_from_bytes(&got, rows, columns, corrections, sums, factors, steps)
      for index in x.indices {
        let (row, column) = (index / columns, index % columns)
        let added = Double(sums[index]) * Double(factors[row]) * Double(steps[column])
        let want = Double(x[index]) * Double(corrections[row]) + added
        #expect(abs(Double(got[index]) - want) <= 1e-6 * (1 + abs(added)))
      }
    }
  }
}

/// Made-up steps of rows of bytes, and of others that are multiplied with them.
private struct MadeUpSteps {
  let rows: RowSteps
  let weights: WeightSteps

  var bytes: mv_byte_steps { rows.loop(from: 0, weights, from: 0) }

  init(
    _ rowCount: Int, steps: ClosedRange<Float>, _ weightCount: Int, steps weightRange: ClosedRange<Float>,
    sums: ClosedRange<Int>, _ dice: inout Dice
  ) {
    (rows, weights) = (RowSteps(count: rowCount), WeightSteps(count: weightCount))
    for row in 0..<rowCount {
      rows.steps.f32[row] = Float.random(in: steps, using: &dice)
      rows.zeros.i32[row] = Int32.random(in: 0...255, using: &dice)
    }
    for column in 0..<weightCount {
      weights.steps.f32[column] = Float.random(in: weightRange, using: &dice)
      weights.sums.f32[column] = Float(Int.random(in: sums, using: &dice))
    }
  }

  /// What a sum of products stands for.
  func value(_ sum: Int32, _ row: Int, _ column: Int) -> Double {
    let exact = Double(sum) - Double(rows.zeros.i32[row]) * Double(weights.sums.f32[column])
    return exact * Double(rows.steps.f32[row]) * Double(weights.steps.f32[column])
  }
}

/// Made-up sums of products of bytes, and what they stand for.
private struct ByteSums {
  /// As they lie where numbers go later, [rows, columns].
  let sums: [Float]
  private let columns: Int
  private let steps: MadeUpSteps

  var bytes: mv_byte_steps { steps.bytes }

  init(_ rows: Int, _ columns: Int, _ dice: inout Dice) {
    self.columns = columns
    sums = (0..<rows * columns).map { _ in
      Float(bitPattern: UInt32(bitPattern: Int32.random(in: -1 << 24...1 << 24, using: &dice)))
    }
    steps = MadeUpSteps(rows, steps: 1e-4...1e-3, columns, steps: 1e-4...1e-3, sums: -60_000...60_000, &dice)
  }

  func value(_ row: Int, _ column: Int) -> Double {
    steps.value(Int32(bitPattern: sums[row * columns + column].bitPattern), row, column)
  }
}
