import ArgumentParser
import Foundation
import Media
import Rendering
import SampleModels
import Testing

@testable import moviola

/// `--model`, `--high` and `--low` on models of single files, with the real engine.
@Suite final class ExpertOptionTests {
  private let folder = NSTemporaryDirectory() + "moviola-experts-\(UUID().uuidString)"
  private var sample: SampleModel { SampleModel(in: folder) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func render(_ line: [String]) async throws -> Recipe {
    let settings = ["a red ball", "--size", "32x32", "--frames", "1", "--steps", "2", "--seed", "7"]
    let clip = folder + "/\(UUID().uuidString).mp4"
    let request = try RenderCommand.parse(settings + line + ["-o", clip])
    try await RenderSession(request: request.clip, output: request.output, provider: .live, reporter: SilentReporter())
      .run()
    return try ClipMetadata.recipe(of: clip)
  }

  @Test func pathsBecomeWholeOnes() throws {
    let command = try RenderCommand.parse(["p", "--high", "a.gguf", "--low", "/b/../c.gguf"])
    var recipe = Recipe(prompt: "", model: "m", modelFingerprint: "old")
    command.options.apply(to: &recipe)
    let here = FileManager.default.currentDirectoryPath
    #expect(recipe.experts == ExpertFiles(high: "\(here)/a.gguf", low: "/c.gguf"))
    #expect(recipe.modelFingerprint == nil)
    #expect(try Recipe(json: recipe.json()) == recipe)
    #expect(try !Recipe(prompt: "", model: "m").json().contains("experts"))
  }

  @Test func aModelOfSingleFilesRendersFromOneOfThem() async throws {
    let high = try sample.writeComfyUI()
    let recipe = try await render(["--model", high])
    #expect(recipe.model == high && recipe.experts == nil)
    // The same files, chosen one by one, are the same model; another expert is another.
    let chosen = try await render(["--high", high])
    #expect(chosen.modelFingerprint == recipe.modelFingerprint && chosen.modelFingerprint != nil)
    let other = try sample.writeTransformer("other_low.gguf", seed: 9)
    let mixed = try await render(["--model", folder + "/diffusion_models", "--high", high, "--low", other])
    #expect(mixed.experts == ExpertFiles(high: high, low: other))
    #expect(mixed.modelFingerprint != recipe.modelFingerprint)
  }

  @Test func aClipWithChosenExpertsRendersAgain() async throws {
    let high = try sample.writeComfyUI()
    let other = try sample.writeTransformer("other_low.gguf", seed: 9)
    let first = try await render(["--model", folder, "--high", high, "--low", other])
    let clip = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".mp4") })
    let again = folder + "/again.mp4"
    let request = try RenderCommand.parse(["--from", "\(folder)/\(clip)", "-o", again])
    try await RenderSession(request: request.clip, output: request.output, provider: .live, reporter: SilentReporter())
      .run()
    #expect(try ClipMetadata.recipe(of: again) == first)
  }
}
