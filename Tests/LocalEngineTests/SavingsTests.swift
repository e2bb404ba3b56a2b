import Foundation
import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

/// Passes that are spared: which they may be, that they are told of, and that nothing else changes.
@Suite struct SavingsTests {
  private func engine() throws -> LocalEngine {
    try LocalEngine(folder: ModelFolder(path: GoldenModel.path), name: "tiny")
  }

  private func recipe(_ cache: Double?, _ share: Double?) throws -> Recipe {
    var recipe = try engine().defaults
    recipe.prompt = "a red ball"
    (recipe.width, recipe.height, recipe.frameCount, recipe.steps, recipe.seed) = (32, 48, 5, 8, 7)
    (recipe.precision, recipe.stepCache, recipe.skipGuidanceAfter) = (.reference, cache, share)
    return recipe
  }

  private func render(_ recipe: Recipe) async throws -> (frames: [Frame], steps: [DenoisingStep], passes: Passes?) {
    var (frames, steps, passes): ([Frame], [DenoisingStep], Passes?) = ([], [], nil)
    for try await event in try engine().render(recipe) {
      switch event {
      case .frames(let new): frames += new
      case .step(let step): steps.append(step)
      case .finished(let report): passes = report.passes
      default: break
      }
    }
    return (frames, steps, passes)
  }

  @Test func theFirstStepsAndTheLastAreComputed() {
    let savings = PassSavings(stepCache: 0.1, skipGuidanceAfter: 0.75)
    let choices = (0..<8).map { savings.choice(step: $0, of: 8) }
    #expect(choices.map(\.mayReuse) == [false, false, true, true, true, true, true, false])
    #expect(choices.map(\.skipsGuidance) == [false, false, false, false, false, false, true, true])
    let plain = (0..<8).map { PassSavings().choice(step: $0, of: 8) }
    #expect(plain.allSatisfy { !$0.mayReuse && !$0.skipsGuidance })
  }

  @Test func aPlainRenderComputesEveryPass() async throws {
    let plain = try await render(recipe(nil, nil))
    #expect(plain.passes == Passes(full: 16))
    #expect(plain.steps.allSatisfy { $0.passes == Passes(full: 2) && $0.passes?.note == nil })
  }

  /// A threshold that nothing is under, and a share that no step is after, change no frame.
  @Test func whatSparesNothingChangesNothing() async throws {
    let plain = try await render(recipe(nil, nil))
    let watched = try await render(recipe(1e-9, 1))
    #expect(watched.passes == Passes(full: 16) && watched.frames == plain.frames)
  }

  @Test func sparedPassesAreToldOf() async throws {
    let plain = try await render(recipe(nil, nil))
    let spared = try await render(recipe(1, nil))
    #expect(spared.frames.count == plain.frames.count && spared.frames != plain.frames)
    let passes = try #require(spared.passes)
    #expect(passes.reused > 0 && passes.full + passes.reused == 16)
    #expect(spared.steps.compactMap(\.passes).reduce(Passes(), +) == passes)
    let computed = spared.steps.map { $0.passes?.reused == 0 }
    #expect(computed.prefix(2) == [true, true] && computed.last == true)
    // An expert that has just come remembers nothing.
    let first = try #require(spared.steps.first { $0.expert == .lowNoiseExpert })
    #expect(first.passes == Passes(full: 2))
    #expect(try await render(recipe(1, nil)).frames == spared.frames)
  }

  @Test func guidanceEndsWhereItIsToldTo() async throws {
    let spared = try await render(recipe(nil, 0.5))
    // The low-noise expert is guided once, in its first step.
    let low = spared.steps.filter { $0.expert == .lowNoiseExpert }
    let guided = spared.steps.filter { $0.passes == Passes(full: 2) }.map(\.index)
    #expect(guided == Array(1...4) + (low[0].index > 4 ? [low[0].index] : []))
    let others = spared.steps.filter { !guided.contains($0.index) }
    #expect(!others.isEmpty && others.allSatisfy { $0.passes == Passes(full: 1, skipped: 1) })
    #expect(spared.steps.last?.passes?.note == "of 2 passes 1 left out")
  }

  /// Both options with every sampler: broken off anywhere, it goes on to the same frames.
  @Test(arguments: [SamplerName.unipc, .dpmpp, .euler], [1, 3, 4, 6, 7])
  func aBrokenOffRenderGoesOnToTheSameFrames(_ sampler: SamplerName, _ done: Int) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-states-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = try recipe(1, 0.6)
    recipe.sampler = sampler
    let expected = try await render(recipe)
    let shelf = StateShelf(folder)
    let weights = try engine().folder.fingerprint()
    let state = try DenoisingState.all(of: recipe)[done - 1]
    try shelf.keep(state, of: recipe, weights: weights)
    #expect(try shelf.find(recipe, weights: weights, shape: state.shape) == state)

    let engine = try LocalEngine(folder: ModelFolder(path: GoldenModel.path), name: "tiny", shelf: shelf)
    var (frames, steps): ([Frame], [DenoisingStep]) = ([], [])
    for try await event in engine.render(recipe) {
      if case .frames(let new) = event { frames += new }
      if case .step(let step) = event { steps.append(step) }
    }
    #expect(frames == expected.frames)
    #expect(steps.map(\.passes) == expected.steps.dropFirst(done).map(\.passes))
  }

  @Test func aDamagedCacheIsNotGoneOnWith() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-states-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let (shelf, recipe) = (StateShelf(folder), try recipe(1, 0.6))
    let state = try DenoisingState.all(of: recipe)[3]
    var damaged = state
    damaged.expert.caches[1].first[0] = .nan
    try shelf.keep(damaged, of: recipe, weights: "w")
    #expect(try shelf.find(recipe, weights: "w", shape: state.shape) == nil)
    damaged = state
    damaged.expert.guidance[0] = .infinity
    try shelf.keep(damaged, of: recipe, weights: "w")
    #expect(try shelf.find(recipe, weights: "w", shape: state.shape) == nil)
  }

  @Test func thePlanCountsSkippedGuidanceAndTheCachesMemory() throws {
    let engine = try engine()
    let (plain, unguided, cached) = (
      try engine.plan(recipe(nil, nil)), try engine.plan(recipe(nil, 0.5)), try engine.plan(recipe(0.1, nil))
    )
    let work: (Plan) -> Int = { $0.operations?.denoise ?? 0 }
    #expect(work(unguided) < work(plain) && work(unguided) > work(plain) / 2)
    // How many passes a cache spares nobody knows before.
    #expect(work(cached) == work(plain))
    #expect(cached.phases[1].anonymousBytes > plain.phases[1].anonymousBytes)
  }
}
