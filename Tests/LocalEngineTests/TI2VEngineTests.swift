import Foundation
import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

/// A whole TI2V-5B at toy size: its published settings, its sizes, and a render.
@Suite struct TI2VEngineTests {
  private func withEngine(_ body: (LocalEngine) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/moviola-\(UUID().uuidString)"
    try GoldenModel.assembleTI2V(in: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(LocalEngine(folder: ModelFolder(path: folder), name: "5b"))
  }

  @Test func itsSettingsAreThePublishedOnes() async throws {
    try await withEngine { engine in
      let recipe = engine.defaults
      #expect(recipe.steps == 50 && recipe.shift == 5 && recipe.guidance == Guidance(high: 5, low: 5))
      #expect(recipe.frameCount == 121 && recipe.framesPerSecond == 24)
      #expect(recipe.width == 1280 && recipe.height == 704 && recipe.preset == .official)
      #expect(engine.grid == ClipGrid(width: 32, height: 32, frames: 4))
      #expect(throws: Never.self) { try engine.grid.check(recipe) }
      let plan = try engine.plan(recipe)
      #expect(plan.latentShape == [31, 44, 80, 48] && plan.tokens == 31 * 22 * 40)
      #expect(plan.phases.map(\.component) == [.textEncoder, .highNoiseExpert, .vae])
    }
  }

  @Test func sizesGoBy32Pixels() async throws {
    try await withEngine { engine in
      var recipe = engine.defaults
      recipe.width = 848
      let error = #expect(throws: RenderError.self) { try engine.plan(recipe) }
      #expect(error?.code == .badRecipe && error?.remedy == "use 832 or 864")
    }
  }

  @Test(arguments: Rendering.Precision.allCases)
  func itRenders(_ precision: Rendering.Precision) async throws {
    try await withEngine { engine in
      var recipe = engine.defaults
      (recipe.prompt, recipe.width, recipe.height, recipe.frameCount, recipe.steps) = ("a red ball", 64, 32, 5, 3)
      recipe.precision = precision
      var frames: [Frame] = []
      var steps: [DenoisingStep] = []
      for try await event in engine.render(recipe) {
        switch event {
        case .frames(let some): frames += some
        case .step(let step): steps.append(step)
        default: break
        }
      }
      #expect(frames.count == 5 && frames.allSatisfy { $0.width == 64 && $0.height == 32 })
      #expect(Set(frames).count > 1)
      #expect(steps.allSatisfy { $0.expert == .highNoiseExpert && $0.preview.count == 2 })
      #expect(steps.last?.preview[0].width == 4 && steps.last?.preview[0].height == 2)
    }
  }

  @Test func tilesMakeNearlyTheSameClip() throws {
    let decoder = try ModelFolder(path: GoldenModel.ti2vPath).vaeDecoder(on: CPU(precision: .reference))
    let latents = Noise.normal([48, 2, 20, 18], seed: 3).channelsLast()
    func clip(tile: Int) throws -> [Float] {
      let tiles = TileChoice(height: 20, width: 18, tile: tile)
      var values: [Float] = []
      try TiledDecoder(decoder: decoder, tiles: tiles).decode(
        latents, isCancelled: { false }, progress: { _ in }, emit: { values += $0.floats() })
      return values
    }
    let (whole, tiled) = (try clip(tile: 20), try clip(tile: TileChoice.smallestTile))
    #expect(whole.count == 5 * 320 * 288 * 3 && tiled.count == whole.count)
    let difference = zip(whole, tiled).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(difference / whole.reduce(0) { $0 + $1 * $1 } < 0.02)
  }

  @Test func thePreviewFactorsAreForItsChannels() {
    for channels in [16, 48] {
      let preview = LatentPreview.published(channels: channels)
      #expect(preview.factors.count == channels && preview.factors.allSatisfy { $0.count == 3 })
      let frames = preview.frames([Float](repeating: 0.5, count: 2 * 3 * channels), shape: [1, 2, 3, channels])
      #expect(frames.count == 1 && frames[0].width == 3)
    }
  }
}
