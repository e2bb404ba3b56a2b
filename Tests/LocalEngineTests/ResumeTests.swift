import Foundation
import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

/// Renders that were broken off go on where they stopped, to the same frames.
@Suite struct ResumeTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-states-\(UUID().uuidString)")
  private var shelf: StateShelf { StateShelf(folder) }

  private func engine(_ shelf: StateShelf?) throws -> LocalEngine {
    try LocalEngine(folder: ModelFolder(path: GoldenModel.path), name: "tiny", shelf: shelf)
  }

  private func recipe(_ engine: LocalEngine, _ sampler: SamplerName) -> Recipe {
    var recipe = engine.defaults
    recipe.prompt = "a red ball"
    (recipe.width, recipe.height, recipe.frameCount, recipe.steps, recipe.seed) = (32, 48, 5, 5, 7)
    (recipe.precision, recipe.sampler) = (.reference, sampler)
    return recipe
  }

  private func collect(_ stream: RenderStream) async throws -> (frames: [Frame], steps: [Int], remarks: [String]) {
    var (frames, steps, remarks): ([Frame], [Int], [String]) = ([], [], [])
    for try await event in stream {
      switch event {
      case .frames(let new): frames += new
      case .step(let step): steps.append(step.index)
      case .remark(let text): remarks.append(text)
      default: break
      }
    }
    return (frames, steps, remarks)
  }

  /// The state after so many steps, taken while the render runs.
  private func state(after count: Int, _ recipe: Recipe) throws -> DenoisingState {
    let model = ModelFolder(path: GoldenModel.path)
    let device = CPU(precision: .reference)
    let text = try TextEmbeddings(
      prompt: recipe.prompt, negative: recipe.negativePrompt, folder: model, device: device,
      listener: Denoiser.Listener())
    let denoiser = Denoiser(
      folder: model, device: device, schedule: try recipe.schedule(), guidance: recipe.guidance,
      boundary: recipe.boundary)
    var (listener, states) = (Denoiser.Listener(), [DenoisingState]())
    listener.state = { states.append($0) }
    let noise = Noise.normal([16, 2, 6, 4], seed: recipe.seed).channelsLast()
    _ = try denoiser(noise, prompt: text.prompt, negative: text.negative, listener: listener)
    return states[count - 1]
  }

  @Test(arguments: [SamplerName.unipc, .dpmpp, .euler], [1, 2, 4, 5])
  func aBrokenOffRenderGoesOnToTheSameFrames(_ sampler: SamplerName, _ done: Int) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try engine(nil)
    let recipe = recipe(whole, sampler)
    let expected = try await collect(whole.render(recipe))
    try shelf.keep(state(after: done, recipe), of: recipe, weights: try whole.folder.fingerprint())

    let rest = try await collect(engine(shelf).render(recipe))
    #expect(rest.steps == Array(1...5).suffix(5 - done))
    #expect(rest.remarks.first?.hasPrefix("goes on after step \(done) of 5") == true)
    #expect(rest.frames == expected.frames)
    #expect(shelf.find(recipe, weights: try whole.folder.fingerprint(), shape: [2, 6, 4, 16]) == nil)
  }

  @Test func anotherRecipeOrOtherWeightsBeginAnew() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = recipe(try engine(nil), .unipc)
    let state = try state(after: 2, recipe)
    try shelf.keep(state, of: recipe, weights: "abc")
    #expect(shelf.find(recipe, weights: "abc", shape: state.shape) == state)
    #expect(shelf.find(recipe, weights: "other", shape: state.shape) == nil)
    #expect(shelf.find(recipe, weights: "abc", shape: [1, 6, 4, 16]) == nil)
    var other = recipe
    other.shift += 1
    #expect(shelf.find(other, weights: "abc", shape: state.shape) == nil)
  }

  @Test func aDamagedStateIsNotGoneOnWith() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = recipe(try engine(nil), .unipc)
    let state = try state(after: 2, recipe)
    try shelf.keep(state, of: recipe, weights: "abc")
    let file = try shelf.file(recipe)
    let bytes = try Data(contentsOf: file)
    for length in stride(from: 0, to: bytes.count, by: 997) {
      try bytes.prefix(length).write(to: file)
      #expect(shelf.find(recipe, weights: "abc", shape: state.shape) == nil)
    }
    var sampler = try recipe.schedule().makeSampler()
    for memory in [
      SamplerMemory(stepIndex: 99, lastOrder: 2, values: state.memory.values),
      SamplerMemory(stepIndex: -1), SamplerMemory(stepIndex: 2, lastOrder: 2, values: []),
      SamplerMemory(stepIndex: 2, lastOrder: 7, values: state.memory.values),
    ] {
      let isTaken = sampler.resume(memory)
      #expect(!isTaken)
      #expect(sampler.stepIndex == 0)
    }
  }

  @Test func stateIsWrittenWhenEnoughWorkIsAtRisk() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = recipe(try engine(nil), .unipc)
    let state = try state(after: 2, recipe)
    let lazy = StateKeeper(shelf, recipe, weights: "abc")
    lazy.take(state)
    lazy.breakOff()
    #expect(lazy.find(shape: state.shape) == nil)
    let eager = StateKeeper(shelf, recipe, weights: "abc", risk: .zero)
    eager.take(state)
    #expect(eager.find(shape: state.shape) == state)
    eager.finish()
    #expect(eager.find(shape: state.shape) == nil)
  }

  @Test func onlyTheNewestStatesAreKept() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = recipe(try engine(nil), .euler)
    let state = try state(after: 1, recipe)
    for seed in 0..<UInt64(StateShelf.room + 3) {
      recipe.seed = seed
      try shelf.keep(state, of: recipe, weights: "abc")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == StateShelf.room)
    #expect(shelf.find(recipe, weights: "abc", shape: state.shape) == state)
  }
}
