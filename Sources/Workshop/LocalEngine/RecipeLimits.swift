import Rendering
import WanModel

/// What a model's architecture can render: checked before anything is loaded.
struct RecipeLimits {
  let grid: ClipGrid
  /// Tokens along one axis that the position embedding covers.
  private let longestAxis: Int

  init(_ expert: TransformerConfiguration, _ vae: VAEConfiguration) {
    grid = ClipGrid(
      width: vae.spatialStride * expert.patchSize[2], height: vae.spatialStride * expert.patchSize[1],
      frames: vae.temporalStride * expert.patchSize[0])
    longestAxis = expert.ropeMaxSeqLen
  }

  func check(_ recipe: Recipe) throws(RenderError) {
    try grid.check(recipe)
    try checkAxis(recipe.width / grid.width, "width \(recipe.width) is", most: longestAxis * grid.width)
    try checkAxis(recipe.height / grid.height, "height \(recipe.height) is", most: longestAxis * grid.height)
    try checkAxis(
      (recipe.frameCount - 1) / grid.frames + 1, "number of frames, \(recipe.frameCount), is",
      most: (longestAxis - 1) * grid.frames + 1)
  }

  private func checkAxis(_ tokens: Int, _ what: String, most: Int) throws(RenderError) {
    guard tokens > longestAxis else { return }
    throw RenderError(
      .badRecipe, "the \(what) more than this model's position embedding covers", remedy: "at most \(most)")
  }
}
