import Checkpoints
import Rendering
import Tensors
import WanModel

/// Predicts what each phase of a recipe needs, from configurations and headers alone.
struct Planner {
  let folder: ModelFolder
  /// The type in which the device multiplies: weights of another type are expanded.
  let multiplied: ElementType
  /// Bytes that the decoder may take; it works in tiles if whole pictures need more.
  let memoryLimit: Int
  private let floatBytes = 4

  func plan(_ recipe: Recipe) throws -> Plan {
    try folder.verifyFit()
    let pipeline = try folder.pipelineConfiguration()
    let vae = try folder.vaeConfiguration()
    let expert = try folder.transformerConfiguration(ModelFolder.experts[0])
    try RecipeLimits(expert, vae).check(recipe)
    let shape = [
      (recipe.frameCount - 1) / vae.temporalStride + 1, recipe.height / vae.spatialStride,
      recipe.width / vae.spatialStride, vae.zDim,
    ]
    let tokens = shape[..<3].reduce(1, *) / expert.patchSize.reduce(1, *)
    var phases = [try textPhase()]
    for component in [Component.highNoiseExpert, .lowNoiseExpert] where pipeline.contains(component.rawValue) {
      phases.append(try expertPhase(component, tokens: tokens))
    }
    phases.append(try vaePhase(vae, shape))
    return Plan(phases: phases, tokens: tokens, latentShape: shape)
  }

  private func phase(_ component: Component, activations: Int) throws -> Plan.Phase {
    let checkpoint = try folder.checkpoint(component.rawValue)
    let expanded = checkpoint.entries.filter {
      $0.shape.count == 2 && ($0.type != multiplied || checkpoint.isChanged($0.name))
    }
    .reduce(0) { $0 + $1.elementCount * multiplied.block.bytes }
    return Plan.Phase(
      component: component, anonymousBytes: activations + min(expanded, 1 << 30), mappedBytes: checkpoint.byteCount)
  }

  private func textPhase() throws -> Plan.Phase {
    let shape = try folder.textEncoderConfiguration()
    let widths = 6 * shape.dModel + 3 * shape.dFf
    return try phase(.textEncoder, activations: 512 * widths * floatBytes)
  }

  private func expertPhase(_ component: Component, tokens: Int) throws -> Plan.Phase {
    let shape = try folder.transformerConfiguration(component.rawValue)
    let working = tokens * (7 * shape.dim + shape.ffnDim)
    let text = 2 * shape.numLayers * 2 * 512 * shape.dim
    return try phase(component, activations: (working + text) * floatBytes)
  }

  private func vaePhase(_ vae: VAEConfiguration, _ latents: [Int]) throws -> Plan.Phase {
    let choice = TileChoice(vae, height: latents[1], width: latents[2], limit: memoryLimit)
    let memory = DecoderMemory(vae, height: choice.rows.tile, width: choice.columns.tile)
    return Plan.Phase(
      component: .vae, anonymousBytes: memory.bytes,
      mappedBytes: try folder.checkpoint(Component.vae.rawValue).byteCount)
  }
}
