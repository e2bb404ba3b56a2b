import Foundation
import Testing

@testable import Tensors

/// Linear layers whose weights may be rounded, on a device that multiplies bytes. Eight bits of random numbers are off by
/// a percent; of the numbers that are left after rounding, products are exact.
@Suite struct ByteProductsTests {
  /// Rows, outputs, inputs: one of each, odd ones, no multiples of vectors or of the library's blocks, more rows than
  /// strips are packed for, and long sums.
  static let shapes = [
    (1, 1, 1), (1, 256, 96), (3, 70, 17), (65, 33, 130), (257, 129, 64), (511, 601, 31), (800, 70, 100), (2, 3, 9001),
  ]

  private func device(threads: Int? = nil, keptBytes: Int = 1 << 30) -> CPU {
    CPU(precision: .turbo, threads: threads, keptBytes: keptBytes)
  }

  private func roundable(_ values: Tensor, bias: Tensor? = nil) -> Weight {
    let weight = Weight(values, bias: bias)
    weight.mayRound = true
    return weight
  }

  @Test(.enabled(if: CPU(precision: .turbo).multipliesBytes)) func productsOfRoundedNumbersAreExact() {
    var dice = Dice(state: 1)
    for (n, m, k) in Self.shapes {
      let (x, w, b) = (dice.tensor([n, k]), roundable(dice.tensor([m, k]), bias: dice.tensor([m])), device())
      let (plainRows, plainWeight) = (numbers(b.rows(x, for: [w])), numbers(b.byteWeight(w)))
      let (got, want) = (b.linear(x, w, activation: .identity), Plain.linear(plainRows, plainWeight, w.bias))
      #expect(relativeError(got.floats(), want) < 1e-6, "\(n) \(m) \(k)")
    }
  }

  /// What the bytes of the rows stand for.
  private func numbers(_ rows: ProductRows) -> Tensor {
    guard let steps = rows.steps else { return rows.values }
    let (columns, values) = (rows.values.shape[1], rows.values.floats())
    return Tensor(
      values.indices.map { steps.steps.f32[$0 / columns] * (values[$0] - Float(steps.zeros.i32[$0 / columns])) },
      shape: rows.values.shape)
  }

  private func numbers(_ weight: ByteWeight) -> Tensor {
    let tensor = weight.values.tensor
    let (columns, values) = (tensor.shape[1], tensor.floats())
    return Tensor(values.indices.map { weight.steps.steps.f32[$0 / columns] * values[$0] }, shape: tensor.shape)
  }

  @Test func linearLayersAreNearTheirDefinitions() {
    var dice = Dice(state: 2)
    for (n, m, k) in Self.shapes {
      let (x, w, b, gate) = (dice.tensor([n, k]), dice.tensor([m, k]), dice.tensor([m]), dice.tensor([m]))
      let (cpu, plain) = (device(), Plain.linear(x, w, b))
      #expect(relativeError(cpu.linear(x, roundable(w, bias: b)).floats(), plain) < 0.02, "\(n) \(m) \(k)")
      let activated = cpu.linear(x, roundable(w, bias: b), activation: .silu, for: .products)
      #expect(relativeError(activated.floats(), plain.map { $0 / (1 + exp(-$0)) }) < 0.02, "\(n) \(m) \(k)")
      let sum = dice.tensor([n, m])
      let (before, gates) = (sum.floats(), gate.floats())
      let added = plain.indices.map { Double(before[$0]) + plain[$0] * Double(gates[$0 % m]) }
      cpu.addLinear(x, roundable(w, bias: b), to: sum, gate: gate)
      #expect(relativeError(sum.floats(), added) < 0.02, "\(n) \(m) \(k)")
    }
  }

  @Test func severalWeightsAndHalvesGiveTheSameAsOne() {
    var dice = Dice(state: 3)
    let (cpu, x) = (device(), dice.tensor([70, 48]))
    let weights = [64, 33, 1].map { roundable(dice.tensor([$0, 48])) }
    for (weight, together) in zip(weights, cpu.linear(x, weights)) {
      #expect(cpu.linear(x, weight).floats() == together.floats())
    }
    let halves = x.halves()
    #expect(cpu.linear(halves, weights[0]).floats() == cpu.linear(halves.asFloat32(), weights[0]).floats())
  }

  @Test func resultsDependNeitherOnThreadsNorOnWhatIsKept() {
    var results: [[Float]] = []
    for (threads, keptBytes) in [(1, 1 << 30), (2, 1 << 30), (5, 0)] {
      var dice = Dice(state: 4)
      let cpu = device(threads: threads, keptBytes: keptBytes)
      let (x, w) = (dice.tensor([900, 96]), roundable(dice.tensor([200, 96])))
      let first = cpu.linear(x, w, activation: .geluTanh).floats()
      #expect(cpu.linear(x, w, activation: .geluTanh).floats() == first)
      #expect((w.bytes != nil) == (keptBytes > 0 && cpu.multipliesBytes))
      results.append(first)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func nothingFiniteComesOfNaN() {
    var dice = Dice(state: 5)
    let (cpu, w) = (device(), dice.tensor([5, 24]))
    for bad in [Float.nan, .infinity] {
      var x = dice.tensor([3, 24]).floats()
      x[24 + 7] = bad
      let rows = cpu.linear(Tensor(x, shape: [3, 24]), roundable(w)).floats()
      #expect(rows.map(\.isFinite) == (0..<15).map { $0 / 5 != 1 })
      var damaged = w.floats()
      damaged[2 * 24 + 3] = bad
      let columns = cpu.linear(dice.tensor([1, 24]), roundable(Tensor(damaged, shape: [5, 24]))).floats()
      #expect(columns.map(\.isFinite) == [true, true, false, true, true])
    }
  }

  @Test func onlyWeightsThatMayBeRoundedAre() {
    var dice = Dice(state: 6)
    let (x, w) = (dice.tensor([9, 40]), dice.tensor([50, 40]))
    let fast = CPU(precision: .fast).linear(x, Weight(w)).floats()
    #expect(device().linear(x, Weight(w)).floats() == fast)
    #expect(device().linear(x, [roundable(w), Weight(w)])[0].floats() == fast)
    #expect(CPU(precision: .fast).linear(x, roundable(w)).floats() == fast)
    #expect((device().linear(x, roundable(w)).floats() == fast) != device().multipliesBytes)
  }
}
