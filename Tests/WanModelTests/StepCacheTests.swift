import GoldenModel
import Tensors
import Testing

@testable import WanModel

/// When a pass is spared, and what takes the place of its flow.
@Suite struct StepCacheTests {
  /// A cache that has seen full passes, the oldest first.
  private func cache(_ threshold: Double = 0.1, _ passes: (first: [Float], timestep: Double, flow: [Float])...)
    -> StepCache
  {
    var cache = StepCache(threshold: threshold)
    for pass in passes { cache.keep(first: pass.first, timestep: pass.timestep, flow: pass.flow) }
    return cache
  }

  @Test func nothingIsSparedBeforeAFullPass() {
    var empty = cache()
    #expect(empty.flow(first: [1, 2], timestep: 900) == nil)
    #expect(empty == cache())
  }

  @Test func aSmallChangeIsSparedAndALargeOneIsNot() {
    let known = cache(0.1, ([1, -1, 2], 900, [5, 6]))
    var (small, large) = (known, known)
    // Σ|difference| / Σ|before|: 0.3 / 4 and 0.5 / 4.
    #expect(small.flow(first: [1.1, -1.1, 2.1], timestep: 800) == [5, 6])
    #expect(large.flow(first: [1.1, -1.1, 2.3], timestep: 800) == nil)
    #expect(large == known)
  }

  @Test func onlyOnePassInARowIsSpared() {
    var cache = cache(0.1, ([1, 1], 900, [5]))
    #expect(cache.flow(first: [1, 1], timestep: 800) == [5])
    #expect(cache.flow(first: [1, 1], timestep: 700) == nil)
    cache.keep(first: [1, 1], timestep: 700, flow: [6])
    #expect(cache.flow(first: [1, 1], timestep: 600) != nil)
  }

  @Test func theFlowGoesHalfOfTheWayOn() {
    var even = cache(0.1, ([1], 900, [4, 10]), ([1], 800, [5, 8]))
    #expect(even.flow(first: [1], timestep: 700) == [5.5, 7])
    // Never further than the two are from each other, and not backwards.
    var far = cache(0.1, ([1], 900, [4, 10]), ([1], 800, [5, 8]))
    #expect(far.flow(first: [1], timestep: 100) == [5.5, 7])
    var back = cache(0.1, ([1], 900, [4, 10]), ([1], 800, [5, 8]))
    #expect(back.flow(first: [1], timestep: 850) == [5, 8])
    var still = cache(0.1, ([1], 800, [4, 10]), ([1], 800, [5, 8]))
    #expect(still.flow(first: [1], timestep: 700) == [5, 8])
  }

  @Test func whatCannotBeComparedRuns() {
    var zero = cache(0.1, ([0, 0], 900, [5]))
    #expect(zero.flow(first: [0, 0], timestep: 800) == nil)
    var other = cache(0.1, ([1, 1], 900, [5]))
    #expect(other.flow(first: [1, 1, 1], timestep: 800) == nil)
    #expect(other.flow(first: [.nan, 1], timestep: 800) == nil)
    #expect(other.flow(first: [], timestep: 800) == nil)
  }

  @Test(arguments: [(1, 1), (1024, 1), (1025, 2), (32760, 32)]) func longClipsAreWatchedInPart(
    _ tokens: Int, _ step: Int
  ) {
    #expect(StepCache.stride(of: tokens) == step)
  }

  /// On the golden model: a pass that keeps the cache up gives the flow of one that does not, to the bit.
  @Test func aFullPassIsThePlainOne() throws {
    let expert = try ModelFolder(path: GoldenModel.path).transformer("transformer", on: CPU(precision: .reference))
    let text = expert.remember(Noise.normal([8, expert.configuration.textDim], seed: 1))
    let latents = Noise.normal([16, 2, 4, 4], seed: 2).channelsLast()
    let plain = try expert(latents, timestep: 900, text: text) { false }.floats()
    var caches = [StepCache(threshold: 0.5)]
    func pass(_ timestep: Double, mayReuse: Bool, isCancelled: Bool = false) throws -> (flow: Tensor, isReused: Bool) {
      try expert(latents, timestep: timestep, texts: [text], caches: &caches, mayReuse: mayReuse) { isCancelled }[0]
    }
    let first = try pass(900, mayReuse: true)
    #expect(!first.isReused && first.flow.floats() == plain)
    let held = caches
    let second = try pass(900, mayReuse: false)
    #expect(!second.isReused && second.flow.floats() == plain && caches != held)
    let third = try pass(890, mayReuse: true)
    #expect(third.isReused && third.flow.shape == latents.shape)
    #expect(throws: ModelError.cancelled) { try pass(880, mayReuse: true, isCancelled: true) }
  }

  /// One text's pass may be over after the first block while another one's goes on.
  @Test func eachTextHasACacheOfItsOwn() throws {
    let expert = try ModelFolder(path: GoldenModel.path).transformer("transformer", on: CPU(precision: .reference))
    let texts = (1...2).map { expert.remember(Noise.normal([8, expert.configuration.textDim], seed: $0)) }
    let latents = Noise.normal([16, 2, 4, 4], seed: 3).channelsLast()
    var (generous, strict) = ([StepCache(threshold: 0.5)], [StepCache(threshold: 1e-9)])
    for timestep in [900.0, 890] {
      var both = generous + strict
      let together = try expert(latents, timestep: timestep, texts: texts, caches: &both, mayReuse: true) { false }
      let first = try expert(latents, timestep: timestep, texts: [texts[0]], caches: &generous, mayReuse: true) {
        false
      }
      let second = try expert(latents, timestep: timestep, texts: [texts[1]], caches: &strict, mayReuse: true) { false }
      #expect(both == generous + strict)
      #expect(together.map { $0.flow.floats() } == (first + second).map { $0.flow.floats() })
      #expect(together.map(\.isReused) == [timestep == 890, false])
    }
  }
}
