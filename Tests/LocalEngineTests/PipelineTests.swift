import Checkpoints
import Foundation
import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

/// Prompt and noise to latents and frames, against diffusers' WanPipeline on the same random weights.
@Suite struct PipelineTests {
  private static let root = (Bundle.module.resourcePath ?? ".") + "/Goldens/cases/"

  static var cases: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
  }

  /// A case, rendered.
  private struct Outcome {
    var latents: [Float]
    var frames: [Float]
  }

  private func render(_ name: String, _ settings: JSON, on device: CPU) throws -> Outcome {
    let folder = Self.root + name
    let number: (String) -> Double? = { settings[$0]?.number }
    let isTI2V = settings["model"]?.string?.hasSuffix("tiny-5b") == true
    let place = FileManager.default.temporaryDirectory.path + "/moviola-\(UUID().uuidString)"
    if isTI2V { try GoldenModel.assembleTI2V(in: place) }
    defer { try? FileManager.default.removeItem(atPath: place) }
    let model = ModelFolder(path: isTI2V ? place : GoldenModel.path)
    let text = try TextEmbeddings(
      prompt: try #require(settings["prompt"]?.string), negative: settings["negative_prompt"]?.string ?? "",
      folder: model, device: device, rows: try #require(settings["max_sequence_length"]?.integer), truncates: true,
      listener: Denoiser.Listener())
    let schedule = try Schedule(
      solver: try #require(Schedule.Solver(rawValue: settings["solver"]?.string ?? "")),
      preset: try #require(Schedule.Preset(rawValue: settings["preset"]?.string ?? "")),
      steps: try #require(settings["steps"]?.integer), shift: try #require(number("shift")))
    let high = try #require(number("guidance_scale"))
    let denoiser = Denoiser(
      folder: model, device: device, schedule: schedule,
      guidance: Guidance(high: high, low: number("guidance_scale_2") ?? high), boundary: number("boundary_ratio"))
    let noise = try Checkpoint(path: folder + "/inputs.safetensors").tensor(named: "latents").channelsLast()
    let latents = try denoiser(noise, prompt: text.prompt, negative: text.negative, listener: Denoiser.Listener())
    var frames: [Float] = []
    try model.vaeDecoder(on: device).decode(latents, isCancelled: { false }, emit: { frames += $0.floats() })
    return Outcome(latents: latents.channelsFirst().floats(), frames: frames)
  }

  private func settings(_ name: String) throws -> JSON {
    try JSON(file: Self.root + name + "/case.json", part: "case")
  }

  @Test(arguments: Self.cases)
  func latentsAndFramesAreThoseOfDiffusers(_ name: String) throws {
    let settings = try settings(name)
    let got = try render(name, settings, on: CPU(precision: .reference))
    let expected = try Checkpoint(path: Self.root + name + "/expected.safetensors")
    let limit = try #require(settings["tolerance"]?["reference"]?["rel_l2"]?.number)
    let latents = try expected.tensor(named: "latents").floats()
    let frames = try expected.tensor(named: "video").channelsLast().floats()
    #expect(distance(got.latents, latents) <= limit)
    #expect(distance(got.frames, frames) <= limit)
  }

  /// 32 dB are promised; these cases give 50 and more.
  @Test(arguments: Self.cases)
  func turboGivesNearlyTheSameClip(_ name: String) throws {
    let settings = try settings(name)
    let got = try render(name, settings, on: CPU(precision: .turbo)).frames
    let want = try Checkpoint(path: Self.root + name + "/expected.safetensors").tensor(named: "video")
      .channelsLast().floats()
    #expect(got.count == want.count)
    let square = zip(got, want).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) } / Double(max(want.count, 1))
    #expect(10 * log10(4 / square) >= 40)
  }

  private func distance(_ got: [Float], _ want: [Float]) -> Double {
    guard got.count == want.count else { return .infinity }
    let difference = zip(got, want).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (difference / want.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot()
  }
}
