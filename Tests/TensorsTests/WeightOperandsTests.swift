import COneDNN
import Foundation
import Testing

@testable import Tensors

/// Weights are multiplied where they lie, in copies that are kept, or strip by strip as they are stored: the results are the
/// same.
@Suite struct WeightOperandsTests {
  /// What of a matrix of random numbers may lie in a file.
  private static func kinds(_ dice: inout Dice, _ shape: [Int]) -> [String: Weight] {
    let (plain, bias) = (dice.tensor(shape), dice.tensor([shape[0]]))
    let up = dice.tensor([shape[0], 2])
    let change = WeightChange.lowRank(up: up, down: dice.tensor([2, shape[1]]), factor: 0.5)
    let blocks = shape[0] * shape[1] / 32
    // Blocks of a float16 scale, of which 1.0 is 0x3C00, and 32 signed bytes.
    let bytes = (0..<blocks * 34).map { index in
      switch index % 34 {
      case 0: UInt8(0x00)
      case 1: UInt8(0x2C)
      default: UInt8.random(in: .min ... .max, using: &dice)
      }
    }
    let quantised = Tensor(uninitialized: shape, type: .q80)
    bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { quantised.pointer.copyMemory(from: start, byteCount: source.count) }
    }
    return [
      "float32": Weight(plain, bias: bias), "bfloat16": Weight(plain.halves(), bias: bias),
      "scaled bfloat16": Weight(plain.halves(), bias: bias, scale: 0.25),
      "changed bfloat16": Weight(plain.halves(), changes: [change]),
      "changed float32": Weight(plain, changes: [change]),
      "q8_0": Weight(quantised),
    ]
  }

  private static func device(_ way: Way, ownProducts: Bool, keptBytes: Int) -> CPU {
    switch way {
    case .reference: CPU(precision: .reference, keptBytes: keptBytes)
    case .fastFloat32:
      CPU(precision: .fast, multiplied: .float32, threads: 2, keptBytes: keptBytes, ownProducts: ownProducts)
    case .fastBFloat16:
      CPU(precision: .fast, multiplied: .bfloat16, threads: 2, keptBytes: keptBytes, ownProducts: ownProducts)
    }
  }

  /// Few rows and many, long and short sums, strips of every width; with what the budget keeps, and without.
  @Test(arguments: Way.allCases, [true, false])
  func whereWeightsLieChangesNothing(way: Way, ownProducts: Bool) throws {
    var dice = Dice(state: 21)
    for (rows, outputs, inputs) in [(5, 96, 64), (200, 96, 64), (800, 336, 128), (400, 130, 96), (210, 64, 2048)] {
      let x = dice.tensor([rows, inputs])
      let kinds = Self.kinds(&dice, [outputs, inputs])
      for (name, weight) in kinds {
        let want = CPU(precision: .reference).linear(x, weight).floats().map(Double.init)
        weight.rest()
        for keptBytes in [0, 1 << 30] {
          let cpu = Self.device(way, ownProducts: ownProducts, keptBytes: keptBytes)
          for _ in 0..<2 {
            let got = cpu.linear(x, weight).floats()
            #expect(relativeError(got, want) < way.tolerance, "\(name) \(rows) \(outputs) \(inputs) \(keptBytes)")
          }
          #expect(keptBytes > 0 || weight.expanded == nil)
          weight.rest()
        }
      }
    }
  }

  /// Of one call's weights some are kept, some lie, some are packed as they are stored.
  @Test(arguments: Way.allCases) func allKindsOfWeightsGoTogether(way: Way) throws {
    var dice = Dice(state: 22)
    for rows in [3, 300] {
      let x = dice.tensor([rows, 128])
      let kinds = Self.kinds(&dice, [192, 128])
      let weights = kinds.keys.sorted().compactMap { kinds[$0] }
      // The budget is for one of them and a half.
      let one = 192 * 128 * (way == .fastBFloat16 ? 2 : 4)
      let cpu = Self.device(way, ownProducts: true, keptBytes: one * 3 / 2)
      for _ in 0..<2 {
        for (got, weight) in zip(cpu.linear(x, weights), weights) {
          let alone = Weight(weight.values, bias: weight.bias, scale: weight.scale, changes: weight.changes)
          let want = CPU(precision: .reference).linear(x, alone).floats().map(Double.init)
          #expect(relativeError(got.floats(), want) < way.tolerance)
        }
      }
      #expect(weights.count { $0.expanded != nil } <= 1)
    }
  }

  /// A large matrix of halves is never expanded as a whole for float32 products of many rows; of a small one, and of blocks,
  /// a copy is kept.
  @Test func copiesAreOnlyKeptWhereTheyAreWorthIt() {
    var dice = Dice(state: 23)
    let cpu = CPU(precision: .fast, multiplied: .float32)
    let (x, rows) = (dice.tensor([800, 1024]), 1088)
    let large = Weight(dice.tensor([rows, 1024]).halves())
    let small = Weight(dice.tensor([64, 1024]).halves())
    _ = cpu.linear(x, [large, small], activation: .identity, for: .sums)
    #expect(large.expanded == nil && small.expanded != nil || cpu.packedOrder(cpu.dnnType, k: 1024, n: 64) == nil)
    cpu.holding([large]) { #expect(large.expanded == nil) }
    let blocks = Weight(Tensor.zeros([rows, 1024], type: .q80))
    _ = cpu.linear(x, blocks)
    #expect(blocks.expanded != nil)
  }
}
