import Checkpoints
import Rendering
import Tensors
import WanModel

/// Predicts what each phase of a recipe needs, from configurations and headers alone, and chooses how each keeps to
/// the memory there is.
struct Planner: Sendable {
  let facts: ModelFacts
  /// Bytes that the process may have in memory at a time: its own, and mapped pages.
  let limit: Int
  /// What that could be, if it is a limit that somebody set.
  let raisableTo: Int?
  /// What the page cache may hold of the weights between two passes.
  let cacheBytes: Int
  /// The process without a render.
  let base: ProcessFootprint
  /// Whether weights are to be read before they are needed.
  var preloads = false

  var folder: ModelFolder { facts.folder }

  /// A recipe with its plan, and what the plan rests on.
  struct Planned: Sendable {
    var plan: Plan
    var text = PhaseMemory()
    var experts = PhaseMemory()
    var decoder = PhaseMemory()
    var tiles: TileChoice
  }

  /// - Parameter texts: those that are held already.
  func plan(_ recipe: Recipe, _ texts: KnownTexts = KnownTexts()) throws -> Planned {
    let model = try facts.model()
    try RecipeLimits(model.expert, model.vae).check(recipe)
    let latents = [
      (recipe.frameCount - 1) / model.vae.temporalStride + 1, recipe.height / model.vae.spatialStride,
      recipe.width / model.vae.spatialStride, model.vae.zDim,
    ]
    let tokens = latents[..<3].reduce(1, *) / model.expert.patchSize.reduce(1, *)
    let text = try texts.unknown == 0 ? heldTexts(model) : textPhase(recipe, of: texts.unknown)
    let experts = try expertPhases(model, recipe, texts, latents)
    let decoder = try DecoderPlanner(planner: self, vae: model.vae, recipe: recipe, latents: latents).choose()
    let plan = Plan(
      phases: [text.phase] + experts.map(\.phase) + [decoder.phase], tokens: tokens, latentShape: latents,
      memoryLimit: limit, raisableTo: raisableTo, encoderBytes: Allowance.videoEncoder(recipe),
      scratchBytes: decoder.scratchBytes,
      tiles: decoder.tiles.count)
    return Planned(
      plan: plan, text: text.memory, experts: experts.last?.memory ?? PhaseMemory(), decoder: decoder.memory,
      tiles: decoder.tiles)
  }

  /// Nothing is encoded, nothing opened: both texts are padded, and one of them stands beside that.
  private func heldTexts(_ model: ModelFacts.Model) throws -> Choice {
    let phase = Plan.Phase(
      component: .textEncoder,
      anonymousBytes: base.anonymousBytes + Allowance.libraries.anonymousBytes + 3 * Allowance.texts(model.text) / 2,
      mappedBytes: base.mappedBytes + Allowance.libraries.mappedBytes, operations: 0, steps: 0,
      weightBytes: try facts.pages(.textEncoder).total, readsPerPass: 0, isCached: true)
    return Choice(phase: phase, memory: PhaseMemory())
  }

  /// - Parameter count: how many of the two texts have to be encoded.
  private func textPhase(_ recipe: Recipe, of count: Int) throws -> Choice {
    let tokens = max(try facts.tokens(recipe.prompt), try facts.tokens(recipe.negativePrompt))
    let pages = try facts.pages(.textEncoder)
    // Of the table of all words only the rows that occur are read, each with the pages around it.
    let others = min(pages.others, 2 * tokens * Allowance.pagesAround)
    var choice = try choose(
      .textEncoder, steps: 1, pages: pages.with(others: others), passes: 2,
      beside: Allowance.texts(try facts.model().text), PhaseMemory.choices.filter(\.keepsKeys)
    ) { try facts.need(.text(tokens: tokens, recipe.precision, $0)) }
    choice.phase.operations = choice.phase.operations / 2 * count
    return choice
  }

  /// Both experts keep to the same rules: those that suit the one that needs more.
  private func expertPhases(
    _ model: ModelFacts.Model, _ recipe: Recipe, _ texts: KnownTexts, _ latents: [Int]
  ) throws -> [Choice] {
    let rows = try [differentRows(recipe.prompt, texts.prompt), differentRows(recipe.negativePrompt, texts.negative)]
    let steps = try recipe.stepsOfExperts(model.experts)
    func phase(_ component: Component, _ choices: [PhaseMemory]) throws -> Choice {
      let scale = component == .lowNoiseExpert ? recipe.guidance.low : recipe.guidance.high
      let taken = steps[component] ?? 0
      let guided = scale == 1 ? 0 : recipe.guidedSteps(taking: taken, first: component == model.experts[0])
      return try choose(
        component, steps: taken, pages: try facts.pages(component),
        passes: taken == 0 ? 1 : 1 + Double(guided) / Double(taken),
        beside: Allowance.arraysOfLatents * latents.reduce(4, *)
          + Allowance.savings(recipe, latents, model.expert), choices
      ) {
        let rows = scale == 1 ? Array(rows.prefix(1)) : rows
        return try facts.need(.expert(component, latents: latents, rows: rows, recipe.precision, $0))
      }
    }
    let alone = try model.experts.map { try phase($0, PhaseMemory.choices) }
    guard let strictest = alone.map(\.memory).min(by: PhaseMemory.isStricter) else { return [] }
    return try model.experts.map { try phase($0, [strictest]) }
  }

  /// Rows of a padded text that differ: those of its tokens, and one of padding. Rounded up, as attention does it, so that
  /// what is rehearsed does not change with every word.
  private func differentRows(_ text: String, _ known: Tensor?) throws -> Int {
    let tokens = try known?.shape[0] ?? facts.tokens(text)
    return min(TextEmbeddings.rows, (tokens / 64 + 1) * 64)
  }
}

extension Planner {
  struct Choice {
    var phase: Plan.Phase
    var memory: PhaseMemory
  }

  /// Bytes that a phase may have for itself.
  var room: Int { limit - base.anonymousBytes - base.mappedBytes - Allowance.libraries.total }

  /// The first of `choices` that fits, or the last.
  /// - Parameters:
  ///   - passes: over the layers: for a text, or for a step, as the mean of all.
  ///   - beside: bytes that no rehearsal counts.
  private func choose(
    _ component: Component, steps: Int, pages: ModelFacts.PageSizes, passes: Double, beside: Int,
    _ choices: [PhaseMemory], need: (PhaseMemory) throws -> ModelFacts.Need
  ) throws -> Choice {
    var memory = choices.first ?? PhaseMemory()
    // The layer that runs and the one that is read ahead.
    func leastMapped() -> Int {
      let running = pages.running(keepsKeys: memory.keepsKeys)
      return min(running.total, running.others + 2 * running.largest)
    }
    var found = try need(memory)
    let room = self.room - beside
    for choice in choices {
      (memory, found) = (choice, try need(choice))
      if choice.poolLimit != nil || found.held + leastMapped() <= room { break }
      memory.poolLimit = max(0, room - leastMapped())
      found = try need(memory)
      if found.held + leastMapped() <= room { break }
    }
    let running = pages.running(keepsKeys: memory.keepsKeys)
    let mapped = keepLayers(of: running, room - found.held, &memory)
    let phase = Plan.Phase(
      component: component,
      anonymousBytes: base.anonymousBytes + Allowance.libraries.anonymousBytes + beside + found.held,
      mappedBytes: base.mappedBytes + Allowance.libraries.mappedBytes + mapped,
      operations: Int(saturating: component == .textEncoder ? found.operations : passes * found.operations),
      steps: steps,
      weightBytes: pages.total, readsPerPass: running.total - keptBytes(running, memory))
    return Choice(phase: phase, memory: memory)
  }

  /// Decides how many layers stay in memory, if not all can.
  /// - Returns: bytes of weights that are mapped at a time.
  private func keepLayers(of pages: ModelFacts.PageSizes, _ room: Int, _ memory: inout PhaseMemory) -> Int {
    if memory.keptLayers == .max {
      if pages.total <= room { return pages.total }
      memory.keptLayers = max(0, (room - pages.others) / max(pages.largest, 1) - 2)
    }
    memory.dropsCache = pages.total > cacheBytes
    return min(pages.total, pages.others + (memory.keptLayers + 2) * pages.largest)
  }

  private func keptBytes(_ pages: ModelFacts.PageSizes, _ memory: PhaseMemory) -> Int {
    pages.layers.enumerated().reduce(pages.others) { sum, layer in
      let stays = Residency.stays(layer.offset, kept: memory.keptLayers, of: pages.layers.count)
      return stays ? sum + layer.element : sum
    }
  }
}

extension PhaseMemory {
  /// Whether one gives up more than the other.
  static func isStricter(_ one: PhaseMemory, _ other: PhaseMemory) -> Bool {
    func rank(_ memory: PhaseMemory) -> [Int] {
      [
        memory.passesTogether ? 1 : 0, memory.tokensAtATime, memory.keepsKeys ? 1 : 0, memory.keptBytes,
        memory.poolLimit ?? .max, memory.keptLayers,
      ]
    }
    return rank(one).lexicographicallyPrecedes(rank(other))
  }
}

extension ModelFacts.PageSizes {
  func with(others: Int) -> ModelFacts.PageSizes {
    var changed = self
    changed.others = others
    return changed
  }
}
