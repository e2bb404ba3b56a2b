import Checkpoints
import LocalEngine
import Rendering
import Tensors
import WanModel

/// The whole pipeline from given noise, through the engine's own stages.
enum TracePipeline {
  static func run(_ test: TraceCase) throws -> [(name: String, tensor: Tensor)] {
    let folder = ModelFolder(path: try test.path("model"))
    let schedule = try test.schedule()
    let noise = try test.input("latents", dimensions: 5).channelsLast()
    try checkSize(test, noise, try folder.vaeConfiguration())
    let text = try TextEmbeddings(
      prompt: try test.string("prompt"), negative: try test.optionalString("negative_prompt") ?? "", folder: folder,
      device: test.device, rows: try test.integer("max_sequence_length"), truncates: true,
      listener: Denoiser.Listener())
    let high = try test.number("guidance_scale")
    let denoiser = Denoiser(
      folder: folder, device: test.device, schedule: schedule,
      guidance: Guidance(high: high, low: test.optional("guidance_scale_2")?.number ?? high),
      boundary: test.optional("boundary_ratio")?.number)
    let latents = try denoiser(noise, prompt: text.prompt, negative: text.negative, listener: Denoiser.Listener())
    let video = try TraceModel.video(latents, try folder.vaeDecoder(on: test.device))
    return [("latents", latents.channelsFirst()), ("video", video)]
  }

  private static func checkSize(_ test: TraceCase, _ noise: Tensor, _ vae: VAEConfiguration) throws {
    let expected = [
      (try test.integer("num_frames") - 1) / vae.temporalStride + 1, try test.integer("height") / vae.spatialStride,
      try test.integer("width") / vae.spatialStride, vae.zDim,
    ]
    guard noise.shape == expected else {
      throw test.failure("the latents do not fit width, height and num_frames")
    }
  }
}
