import Rendering
import WanModel

/// What a model's architecture can render: checked before anything is loaded.
struct RecipeLimits {
  /// Pixels: the VAE's stride times the patch.
  private let granularity: (height: Int, width: Int)
  private let temporalStride: Int
  /// Tokens along one axis that the position embedding covers.
  private let longestAxis: Int

  init(_ expert: TransformerConfiguration, _ vae: VAEConfiguration) {
    granularity = (vae.spatialStride * expert.patchSize[1], vae.spatialStride * expert.patchSize[2])
    temporalStride = vae.temporalStride * expert.patchSize[0]
    longestAxis = expert.ropeMaxSeqLen
  }

  func check(_ recipe: Recipe) throws(RenderError) {
    try checkSize(recipe.width, "width", granularity.width)
    try checkSize(recipe.height, "height", granularity.height)
    try checkFrames(recipe.frameCount)
  }

  private func checkSize(_ pixels: Int, _ name: String, _ step: Int) throws(RenderError) {
    guard pixels > 0, pixels % step == 0 else {
      let below = max(step, pixels / step * step)
      throw RenderError(
        .badRecipe, "\(name) \(pixels) is not a multiple of \(step)", remedy: "try \(below) or \(below + step)")
    }
    guard pixels / step <= longestAxis else {
      throw RenderError(
        .badRecipe, "\(name) \(pixels) is more than this model's position embedding covers",
        remedy: "at most \(longestAxis * step)")
    }
  }

  private func checkFrames(_ count: Int) throws(RenderError) {
    guard count > 0, (count - 1) % temporalStride == 0 else {
      let below = max(0, (count - 1) / temporalStride) * temporalStride + 1
      throw RenderError(
        .badRecipe, "\(count) frames is not a multiple of \(temporalStride) plus 1",
        remedy: "try \(below) or \(below + temporalStride)")
    }
    guard (count - 1) / temporalStride < longestAxis else {
      throw RenderError(
        .badRecipe, "\(count) frames are more than this model's position embedding covers",
        remedy: "at most \((longestAxis - 1) * temporalStride + 1)")
    }
  }
}
