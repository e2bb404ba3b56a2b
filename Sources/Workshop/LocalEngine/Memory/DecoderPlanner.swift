import Rendering
import WanModel

/// Chooses between whole pictures and tiles for decoding.
struct DecoderPlanner {
  let planner: Planner
  let vae: VAEConfiguration
  let recipe: Recipe
  /// [frames, height, width, channels]
  let latents: [Int]

  struct Choice {
    var phase: Plan.Phase
    var memory: PhaseMemory
    var tiles: TileChoice
    /// On disk: the clip while it is put together from tiles.
    var scratchBytes: Int
  }

  /// Whole pictures if they fit; otherwise the largest tiles that do, or the smallest there are.
  func choose() throws -> Choice {
    let whole = TileChoice(height: latents[1], width: latents[2], tile: max(latents[1], latents[2]))
    let choice = try choice(whole)
    if fits(choice) { return choice }
    var (low, high) = (TileChoice.smallestTile / TileChoice.step, max(latents[1], latents[2]) / TileChoice.step + 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if fits(try self.choice(tile(middle))) { low = middle } else { high = middle }
    }
    return try self.choice(tile(low))
  }

  private func tile(_ steps: Int) -> TileChoice {
    TileChoice(height: latents[1], width: latents[2], tile: steps * TileChoice.step)
  }

  private func fits(_ choice: Choice) -> Bool { choice.phase.totalBytes <= planner.limit }

  private func choice(_ tiles: TileChoice) throws -> Choice {
    let pixels = recipe.width * recipe.height * vae.colours
    let scratch = tiles.count > 1 ? recipe.frameCount * pixels * 4 : 0
    let mapped = try planner.facts.pages(.vae).layers.reduce(scratch, +)
    // A frame as floats and as bytes, and those that wait for the encoder.
    let beside =
      Allowance.videoEncoder(recipe) + Allowance.convolutions + pixels * 4 + 4 * pixels + 3 * latents.reduce(4, *)
    var memory = PhaseMemory()
    var need = try self.need(tiles, memory)
    if need.held + beside + mapped > planner.room {
      memory.poolLimit = max(0, planner.room - beside - mapped)
      need = try self.need(tiles, memory)
    }
    let phase = Plan.Phase(
      component: .vae,
      anonymousBytes: planner.base.anonymousBytes + Allowance.libraries.anonymousBytes + need.held + beside,
      mappedBytes: planner.base.mappedBytes + Allowance.libraries.mappedBytes + mapped,
      operations: Int(saturating: Double(tiles.count) * need.operations),
      weightBytes: try planner.facts.pages(.vae).total, readsPerPass: 0)
    return Choice(phase: phase, memory: memory, tiles: tiles, scratchBytes: scratch)
  }

  private func need(_ tiles: TileChoice, _ memory: PhaseMemory) throws -> ModelFacts.Need {
    let shape = [latents[0], tiles.rows.tile, tiles.columns.tile, latents[3]]
    return try planner.facts.need(.decoder(latents: shape, recipe.precision, memory))
  }
}
