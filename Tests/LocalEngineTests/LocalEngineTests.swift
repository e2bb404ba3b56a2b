import Foundation
import GoldenModel
import Rendering
import Testing
import WanModel

@testable import LocalEngine

@Suite struct LocalEngineTests {
  private func engine() throws -> LocalEngine {
    try LocalEngine(folder: ModelFolder(path: GoldenModel.path), name: "tiny")
  }

  private func recipe(_ engine: LocalEngine, _ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
    var recipe = engine.defaults
    recipe.prompt = "a red ball"
    (recipe.width, recipe.height, recipe.frameCount, recipe.steps, recipe.seed) = (32, 48, 5, 3, 7)
    recipe.precision = .reference
    change(&recipe)
    return recipe
  }

  private func collect(_ stream: RenderStream) async throws -> [RenderEvent] {
    var events: [RenderEvent] = []
    for try await event in stream { events.append(event) }
    return events
  }

  private func frames(_ events: [RenderEvent]) -> [Frame] {
    events.flatMap { if case .frames(let frames) = $0 { frames } else { [] as [Frame] } }
  }

  @Test func aRenderTellsEverythingInOrder() async throws {
    let engine = try engine()
    let events = try await collect(engine.render(recipe(engine)))
    guard case .planned(let plan) = try #require(events.first) else { return #expect(Bool(false), "no plan first") }
    #expect(plan.latentShape == [2, 6, 4, 16] && plan.tokens == 12)
    #expect(plan.phases.map(\.component) == Component.allCases)
    guard case .finished(let report) = try #require(events.last) else { return #expect(Bool(false), "no end") }
    #expect(report.seconds.denoise > 0)

    let steps = events.compactMap { if case .step(let step) = $0 { step } else { nil } }
    #expect(steps.map(\.index) == [1, 2, 3] && steps.allSatisfy { $0.count == 3 })
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.sigma > $1.sigma })
    #expect(steps.allSatisfy { ($0.timestep >= 875) == ($0.expert == .highNoiseExpert) })
    #expect(steps.allSatisfy { $0.preview.count == 2 && $0.preview[0].width == 4 && $0.preview[0].height == 6 })
    #expect(frames(events).count == 5 && frames(events).allSatisfy { $0.width == 32 && $0.height == 48 })
  }

  @Test func theSameRecipeGivesTheSameFrames() async throws {
    let engine = try engine()
    let first = frames(try await collect(engine.render(recipe(engine))))
    let second = frames(try await collect(engine.render(recipe(engine))))
    let other = frames(try await collect(engine.render(recipe(engine) { $0.seed = 8 })))
    #expect(first == second)
    #expect(first != other)
  }

  @Test func cancellingEndsTheRender() async throws {
    let engine = try engine()
    let stream = engine.render(recipe(engine) { $0.steps = 1000 })
    await #expect(throws: RenderError(.cancelled, "cancelled")) {
      for try await event in stream {
        if case .step = event { stream.cancel() }
      }
    }
  }

  @Test(arguments: [(40, 32, 5), (32, 0, 5), (32, 32, 6), (32, 32, 0), (-16, 32, 5), (32, 1 << 40, 5)])
  func impossibleSizesAreRefusedWithTheNearestPossibleOnes(_ width: Int, _ height: Int, _ frames: Int) throws {
    let engine = try engine()
    let error = #expect(throws: RenderError.self) {
      try engine.plan(recipe(engine) { ($0.width, $0.height, $0.frameCount) = (width, height, frames) })
    }
    #expect(error?.code == .badRecipe && error?.remedy != nil)
  }

  @Test func aPromptThatDoesNotFitIsRefusedAndNotCut() async throws {
    let engine = try engine()
    let stream = engine.render(recipe(engine) { $0.prompt = String(repeating: "word ", count: 600) })
    let error = await #expect(throws: RenderError.self) { try await collect(stream) }
    #expect(error?.code == .badRecipe && error?.what.contains("512") == true)
  }

  @Test func aFolderThatIsNoModelIsNamed() throws {
    let error = #expect(throws: RenderError.self) {
      try LocalEngine(folder: ModelFolder(path: "/nowhere/at/all"), name: "x")
    }
    #expect(error?.code == .badModel && error?.what.contains("/nowhere/at/all") == true)
  }
}
