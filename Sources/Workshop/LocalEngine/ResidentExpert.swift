import Checkpoints
import Rendering
import Tensors
import WanModel

/// One expert with what it remembers of the prompts, and of earlier steps.
final class ResidentExpert {
  let component: Component
  private let transformer: Transformer
  private let prompt: Transformer.Text
  private let negative: Transformer.Text?
  /// Of the prompt and the negative prompt; empty without a step cache.
  private var caches: [StepCache]
  /// What guidance last added: (scale − 1) · (prompt − negative). Kept where guidance is skipped later.
  private var guidance: [Float]
  private let keepsGuidance: Bool

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
    self.prompt = transformer.remember(prompt, keepsKeys: memory.keepsKeys)
    self.negative = negative.map { transformer.remember($0, keepsKeys: memory.keepsKeys) }
    self.caches =
      denoiser.savings.stepCache.map { threshold in
        (0..<2).map { index in
          let known = remembered.caches
          return StepCache(threshold: threshold, memory: known.indices.contains(index) ? known[index] : .init())
        }
      } ?? []
    keepsGuidance = denoiser.savings.skipGuidanceAfter != nil
    guidance = remembered.guidance
  }

  /// What has to be kept to go on elsewhere.
  var remembered: ExpertMemory { ExpertMemory(caches: caches.map(\.memory), guidance: guidance) }

  /// Where a step from `latents` went wrong, in words: it is repeated, and watched. nil if every pass is finite.
  func placeOfNonFinite(_ latents: Tensor, timestep: Double, isCancelled: () -> Bool) throws -> String? {
    for (text, name) in [(prompt, "prompt"), (negative, "negative prompt")] {
      guard let text else { continue }
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
    func ask(_ text: Transformer.Text, _ cache: Int) throws -> [Float] {
      guard caches.indices.contains(cache) else {
        passes.full += 1
        return try transformer(latents, timestep: timestep, text: text, isCancelled: isCancelled).floats()
      }
      let pass = try transformer(
        latents, timestep: timestep, text: text, cache: &caches[cache], mayReuse: choice.mayReuse,
        isCancelled: isCancelled)
      if pass.isReused { passes.reused += 1 } else { passes.full += 1 }
      return pass.flow.floats()
    }
    let flow = try ask(prompt, 0)
    guard let negative else { return (flow, passes) }
    // An expert that has just come has not been guided yet.
    if choice.skipsGuidance, guidance.count == flow.count {
      passes.skipped += 1
      return (zip(flow, guidance).map { $0 + $1 }, passes)
    }
    let other = try ask(negative, 1)
    if keepsGuidance { guidance = zip(flow, other).map { (scale - 1) * ($0 - $1) } }
    return (zip(flow, other).map { $1 + scale * ($0 - $1) }, passes)
  }
}
