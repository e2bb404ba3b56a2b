import GoldenModel
import Rendering
import Tensors
import WanModel

@testable import LocalEngine

extension DenoisingState {
  /// What the golden model's render of 32×48 pixels and 5 frames stands at after each of its steps.
  static func all(of recipe: Recipe) throws -> [DenoisingState] {
    let model = ModelFolder(path: GoldenModel.path)
    let device = CPU(precision: .reference)
    let text = try TextEmbeddings(
      prompt: recipe.prompt, negative: recipe.negativePrompt, folder: model, device: device,
      listener: Denoiser.Listener())
    let denoiser = Denoiser(
      folder: model, device: device, schedule: try recipe.schedule(), guidance: recipe.guidance,
      boundary: recipe.boundary,
      savings: PassSavings(stepCache: recipe.stepCache, skipGuidanceAfter: recipe.skipGuidanceAfter))
    var (listener, states) = (Denoiser.Listener(), [DenoisingState]())
    listener.state = { states.append($0) }
    let noise = Noise.normal([16, 2, 6, 4], seed: recipe.seed).channelsLast()
    _ = try denoiser(noise, prompt: text.prompt, negative: text.negative, listener: listener)
    return states
  }
}
