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

  @Test(arguments: Self.cases)
  func latentsAndFramesAreThoseOfDiffusers(_ name: String) throws {
    let folder = Self.root + name
    let settings = try JSON(file: folder + "/case.json", part: "case")
    let number: (String) -> Double? = { settings[$0]?.number }
    let device = CPU(precision: .reference)
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

    let expected = try Checkpoint(path: folder + "/expected.safetensors")
    let limit = try #require(settings["tolerance"]?["reference"]?["rel_l2"]?.number)
    let golden = try expected.tensor(named: "latents").floats()
    #expect(distance(latents.channelsFirst().floats(), golden) <= limit)
    let clip = try expected.tensor(named: "video").channelsLast().floats()
    var frames: [Float] = []
    try model.vaeDecoder(on: device).decode(latents, isCancelled: { false }, emit: { frames += $0.floats() })
    #expect(distance(frames, clip) <= limit)
  }

  private func distance(_ got: [Float], _ want: [Float]) -> Double {
    guard got.count == want.count else { return .infinity }
    let difference = zip(got, want).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (difference / want.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot()
  }
}
