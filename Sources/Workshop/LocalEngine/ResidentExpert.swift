import Checkpoints
import Rendering
import Tensors
import WanModel

/// One expert with what it remembers of the prompts, and of earlier steps.
final class ResidentExpert {
  let component: Component
  private let transformer: Transformer
  /// Prompt, and negative prompt where it plays a part.
  private let texts: [Transformer.Text]
  /// Of the prompt and the negative prompt; empty without a step cache.
  private var caches: [StepCache]
  /// What guidance last added: (scale − 1) · (prompt − negative). Kept where guidance is skipped later.
  private var guidance: [Float]
  private let keepsGuidance: Bool
  private let passesTogether: Bool

  /// - Parameter remembered: what an earlier walk remembered at this place; empty if nothing.
  init(
    _ denoiser: Denoiser, _ component: Component, _ prompt: Tensor, _ negative: Tensor?, _ remembered: ExpertMemory,
    _ listener: Denoiser.Listener
  ) throws {
    self.component = component
    let (transformer, memory) = (
      try denoiser.folder.transformer(component.rawValue, on: denoiser.device), denoiser.memory
    )
    let path = denoiser.folder.location(component.rawValue)
    transformer.tokensAtATime = memory.tokensAtATime
    transformer.keep(memory.residency(component, transformer.pages, path, listener))
    self.transformer = transformer
    texts = [prompt, negative].compactMap { text in
      text.map { transformer.remember($0, keepsKeys: memory.keepsKeys) }
    }
    self.caches =
      denoiser.savings.stepCache.map { threshold in
        (0..<2).map { index in
          let known = remembered.caches
          return StepCache(threshold: threshold, memory: known.indices.contains(index) ? known[index] : .init())
        }
      } ?? []
    passesTogether = memory.passesTogether
    keepsGuidance = denoiser.savings.skipGuidanceAfter != nil
    guidance = remembered.guidance
  }

  /// What has to be kept to go on elsewhere.
  var remembered: ExpertMemory { ExpertMemory(caches: caches.map(\.memory), guidance: guidance) }

  /// Where a step from `latents` went wrong, in words: it is repeated, and watched. nil if every pass is finite.
  func placeOfNonFinite(_ latents: Tensor, timestep: Double, isCancelled: () -> Bool) throws -> String? {
    for (text, name) in zip(texts, ["prompt", "negative prompt"]) {
      let place = try transformer.placeOfNonFinite(latents, timestep: timestep, text: text, isCancelled: isCancelled)
      if let place { return "\(place), with the \(name)" }
    }
    return nil
  }

  /// flow = negative + scale · (prompt − negative)
  func flow(
    _ latents: Tensor, timestep: Double, scale: Float, _ choice: PassSavings.Choice, isCancelled: () -> Bool
  ) throws -> (flow: [Float], passes: Passes) {
    var passes = Passes()
    func ask(_ texts: Range<Int>) throws -> [[Float]] {
      var some = Array(caches[texts.clamped(to: caches.indices)])
      let answers = try transformer(
        latents, timestep: timestep, texts: texts.map { self.texts[$0] }, caches: &some, mayReuse: choice.mayReuse,
        isCancelled: isCancelled)
      caches.replaceSubrange(texts.clamped(to: caches.indices), with: some)
      for answer in answers {
        if answer.isReused { passes.reused += 1 } else { passes.full += 1 }
      }
      return answers.map { $0.flow.floats() }
    }
    // An expert that has just come has not been guided yet.
    let skips = texts.count > 1 && choice.skipsGuidance && guidance.count == latents.elementCount
    let asked = skips ? 0..<1 : texts.indices
    let flows = try passesTogether ? ask(asked) : asked.flatMap { try ask($0..<$0 + 1) }
    if skips {
      passes.skipped += 1
      return (zip(flows[0], guidance).map { $0 + $1 }, passes)
    }
    guard flows.count > 1 else { return (flows[0], passes) }
    if keepsGuidance { guidance = zip(flows[0], flows[1]).map { (scale - 1) * ($0 - $1) } }
    return (zip(flows[0], flows[1]).map { $1 + scale * ($0 - $1) }, passes)
  }
}
