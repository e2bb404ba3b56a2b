import Foundation
import Testing

@testable import Tensors

/// Attention whose queries and keys may be rounded, on a device that multiplies bytes.
@Suite struct ByteAttentionTests {
  private func mix(
    _ cpu: CPU, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ shape: HeadShape, scale: Float
  ) -> [Float] {
    cpu.attention(cpu.queries(q, shape), over: cpu.memory(keys: k, values: v, shape), scale: scale).floats()
  }

  /// Queries, keys, values and weights are off by up to half a level of 255 each, weights by up to a whole one; where
  /// neighbours' keys and values share a sum of 128, these are off by up to twice as much.
  /// With the smaller scale weights hardly differ, and many keys' are rounded together.
  @Test(arguments: [0.05, 0.7] as [Float], [true, false]) func itIsNearItsDefinition(scale: Float, ownProducts: Bool) {
    var dice = Dice(state: 1)
    for (n, m, heads, size) in [
      (1, 1, 1, 8), (5, 7, 2, 12), (130, 77, 3, 24), (20, 1100, 1, 64), (300, 515, 2, 128), (1, 64, 1, 31),
    ] {
      let (q, k) = (dice.tensor([n, heads * size]), dice.tensor([m, heads * size]))
      let v = dice.tensor([m, heads * size])
      let shape = HeadShape(heads: heads, mayRound: true)
      let cpu = CPU(precision: .turbo, ownProducts: ownProducts)
      let got = mix(cpu, q, k, v, shape, scale: scale)
      let want = Plain.attention(q, k, v, heads: heads, scale: Double(scale)) { _, _ in 0 }
      #expect(relativeError(got, want) < (cpu.largestPair < CPU.anyBytes ? 0.03 : 0.02), "\(n) \(m) \(heads) \(size)")
    }
  }

  /// Channels that are far from zero in every key change nothing about the scores, and must cost no precision.
  @Test func keysAreSmoothed() {
    var dice = Dice(state: 2)
    let (n, m, size) = (40, 700, 64)
    let (q, v) = (dice.tensor([n, size]), dice.tensor([m, size]))
    let plain = dice.tensor([m, size]).floats()
    let k = Tensor(plain.indices.map { plain[$0] + ($0 % size == 5 ? 100 : 0) }, shape: [m, size])
    let got = mix(CPU(precision: .turbo), q, k, v, HeadShape(heads: 1, mayRound: true), scale: 0.5)
    #expect(relativeError(got, Plain.attention(q, k, v, heads: 1, scale: 0.5) { _, _ in 0 }) < 0.05)
  }

  /// One key with the largest weight, and thousands that have a thousandth of it: together they count four times as much.
  /// Rounded to the nearest byte each of them would be nothing.
  @Test func manySmallWeightsCount() {
    let (m, size, scale) = (4001, 32, Float(1))
    var (keys, values) = ([Float](repeating: 0, count: m * size), [Float](repeating: 1, count: m * size))
    keys[2000 * size] = Float(log(1000.0))
    for channel in 0..<size { values[2000 * size + channel] = -1 }
    var query = [Float](repeating: 0, count: size)
    query[0] = 1
    let got = mix(
      CPU(precision: .turbo), Tensor(query, shape: [1, size]), Tensor(keys, shape: [m, size]),
      Tensor(values, shape: [m, size]), HeadShape(heads: 1, mayRound: true), scale: scale)
    // (4000 · 0.001 − 1) / (4000 · 0.001 + 1)
    #expect(got.allSatisfy { abs($0 - 0.6) < 0.02 }, "\(got[0])")
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() {
    let results = [1, 2, 5].map { threads in
      var dice = Dice(state: 3)
      let x = (0..<3).map { _ in dice.tensor([333, 96]) }
      let shape = HeadShape(heads: 3, norm: (dice.tensor([96]), 1e-6), mayRound: true)
      return mix(CPU(precision: .turbo, threads: threads), x[0], x[1], x[2], shape, scale: 0.3)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func onlyWhatMayBeRoundedIs() {
    var dice = Dice(state: 4)
    let x = (0..<3).map { _ in dice.tensor([50, 48]) }
    func mixed(_ precision: Precision, mayRound: Bool) -> [Float] {
      mix(CPU(precision: precision), x[0], x[1], x[2], HeadShape(heads: 2, mayRound: mayRound), scale: 1)
    }
    let fast = mixed(.fast, mayRound: true)
    #expect(mixed(.turbo, mayRound: false) == fast)
    #expect((mixed(.turbo, mayRound: true) == fast) != CPU(precision: .turbo).multipliesBytes)
  }
}
