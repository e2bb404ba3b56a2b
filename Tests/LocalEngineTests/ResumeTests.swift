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

  @Test(arguments: [SamplerName.unipc, .dpmpp, .euler], [1, 2, 4, 5])
  func aBrokenOffRenderGoesOnToTheSameFrames(_ sampler: SamplerName, _ done: Int) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try engine(nil)
    let recipe = recipe(whole, sampler)
    let expected = try await collect(whole.render(recipe))
    try shelf.keep(DenoisingState.all(of: recipe)[done - 1], of: recipe, weights: try whole.folder.fingerprint())

    let rest = try await collect(engine(shelf).render(recipe))
    #expect(rest.steps == Array(1...5).suffix(5 - done))
    #expect(rest.remarks.first?.hasPrefix("goes on after step \(done) of 5") == true)
    #expect(rest.frames == expected.frames)
    #expect(try shelf.find(recipe, weights: try whole.folder.fingerprint(), shape: [2, 6, 4, 16]) == nil)
  }

  @Test func anotherRecipeOrOtherWeightsBeginAnew() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = recipe(try engine(nil), .unipc)
    let state = try DenoisingState.all(of: recipe)[1]
    try shelf.keep(state, of: recipe, weights: "abc")
    #expect(try shelf.find(recipe, weights: "abc", shape: state.shape) == state)
    #expect(try shelf.find(recipe, weights: "other", shape: state.shape) == nil)
    #expect(try shelf.find(recipe, weights: "abc", shape: [1, 6, 4, 16]) == nil)
    var other = recipe
    other.shift += 1
    #expect(try shelf.find(other, weights: "abc", shape: state.shape) == nil)
  }

  @Test func aDamagedStateIsNotGoneOnWith() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = recipe(try engine(nil), .unipc)
    let state = try DenoisingState.all(of: recipe)[1]
    try shelf.keep(state, of: recipe, weights: "abc")
    let file = try shelf.file(recipe)
    let bytes = try Data(contentsOf: file)
    for length in stride(from: 0, to: bytes.count, by: 997) {
      try bytes.prefix(length).write(to: file)
      #expect(try shelf.find(recipe, weights: "abc", shape: state.shape) == nil)
    }
    // The header says where the values are: all behind it is values.
    let header = 8 + Int(bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    for place in stride(from: header, to: bytes.count, by: 1009) {
      var other = bytes
      other[place] ^= 1
      try other.write(to: file)
      #expect(try shelf.find(recipe, weights: "abc", shape: state.shape) == nil, "byte \(place)")
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
    let state = try DenoisingState.all(of: recipe)[1]
    let lazy = StateKeeper(shelf, recipe, weights: { "abc" })
    lazy.take(state)
    lazy.breakOff()
    #expect(try lazy.find(shape: state.shape) == nil)
    let eager = StateKeeper(shelf, recipe, weights: { "abc" }, risk: .zero)
    eager.take(state)
    #expect(try eager.find(shape: state.shape) == state)
    eager.finish()
    #expect(try eager.find(shape: state.shape) == nil)
  }

  @Test func onlyTheNewestStatesAreKept() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var recipe = recipe(try engine(nil), .euler)
    let state = try DenoisingState.all(of: recipe)[0]
    for seed in 0..<UInt64(StateShelf.room + 3) {
      recipe.seed = seed
      try shelf.keep(state, of: recipe, weights: "abc")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == StateShelf.room)
    #expect(try shelf.find(recipe, weights: "abc", shape: state.shape) == state)
  }
}
