import Checkpoints
import Foundation
import Tensors
import Testing

@testable import WanModel

@Suite struct NoiseTests {
  @Test(arguments: Goldens.cases("noise-"))
  func valuesAreThoseOfPyTorch(_ name: String) throws {
    let golden = try GoldenCase(name)
    let shape = golden.parameters["shape"]?.array?.compactMap(\.integer) ?? []
    let seed = UInt64(try #require(golden.parameters["seed"]?.integer))
    let noise = Noise.normal(shape, seed: seed)
    #expect(noise.shape == shape)
    try golden.check(noise.floats(), "noise")
  }

  @Test func theWordsAreThoseOfTheReferenceImplementation() {
    // mt19937ar.out begins with these for init_genrand(5489).
    var words = MersenneTwister(seed: 5489)
    #expect(
      (0..<5).map { _ in words.next() } == [3_499_211_612, 581_869_302, 3_890_346_734, 3_586_334_585, 545_404_204])
    for _ in 5..<9999 { _ = words.next() }
    #expect(words.next() == 4_123_659_995)
  }

  @Test func onlyTheLowWordOfTheSeedCounts() {
    #expect(Noise.normal(count: 40, seed: 7) == Noise.normal(count: 40, seed: 7 + 1 << 32))
    #expect(Noise.normal(count: 40, seed: 7) != Noise.normal(count: 40, seed: 8))
  }

  @Test func nothingAndOneAreCountsToo() {
    #expect(Noise.normal(count: 0, seed: 1).isEmpty)
    #expect(Noise.normal(count: 1, seed: 1).count == 1)
    #expect(Noise.normal([2, 0, 3], seed: 1).elementCount == 0)
  }
}
