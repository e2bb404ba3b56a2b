import Checkpoints
import Rendering
import Tensors
import WanModel

/// Runs each phase of a render without its arithmetic, on a model without weights, to learn what it needs.
struct Rehearsals {
  private let folder: ModelFolder

  init(_ folder: ModelFolder) {
    var hollow = folder
    hollow.isHollow = true
    self.folder = hollow
  }

  func need(_ question: ModelFacts.Question) throws -> ModelFacts.Need {
    switch question {
    case .text(let tokens, let precision, let memory): try text(tokens, precision, memory)
    case .expert(let component, let latents, let rows, let precision, let memory):
      try expert(component, latents, rows, precision, memory)
    case .decoder(let latents, let precision, let memory): try decoder(latents, precision, memory)
    }
  }

  func pages(_ component: Component) throws -> ModelFacts.PageSizes {
    // Any one will do. (For `reference`, OpenBLAS would be loaded.)
    let device = CPU(precision: .fast)
    let pages: LayerPages
    switch component {
    case .textEncoder: pages = try folder.textEncoder(on: device).pages
    case .highNoiseExpert, .lowNoiseExpert: pages = try folder.transformer(component.rawValue, on: device).pages
    case .vae: pages = try folder.checkpoint(component.rawValue).pages(of: ["decoder."])
    }
    return ModelFacts.PageSizes(
      layers: pages.layers.map(\.byteCount), others: pages.otherBytes, prompt: pages.layers.map(\.onceBytes),
      othersOfPrompt: pages.otherOnceBytes)
  }

  private func device(_ precision: Rendering.Precision, _ memory: PhaseMemory) -> CPU {
    CPU(precision: precision.arithmetic, keptBytes: memory.keptBytes)
  }

  private func need(_ memory: PhaseMemory, _ phase: () throws -> Double) throws -> ModelFacts.Need {
    var operations = 0.0
    let usage = try Rehearsal.run(limit: memory.poolLimit) { operations = try phase() }
    return ModelFacts.Need(held: usage.peakHeld, least: usage.peak, operations: operations)
  }

  /// Prompt and negative prompt.
  private func text(_ tokens: Int, _ precision: Rendering.Precision, _ memory: PhaseMemory) throws -> ModelFacts.Need {
    try need(memory) {
      let encoder = try folder.textEncoder(on: device(precision, memory))
      let ids = [Int32](repeating: 0, count: max(tokens, 1))
      let both = try encoder([ids, ids]) { false }
      return withExtendedLifetime(both) { Rehearsal.operations }
    }
  }

  /// Two steps: the second finds the buffers of the first. The operations are those of a pass, as the mean of all texts.
  private func expert(
    _ component: Component, _ latents: [Int], _ rows: [Int], _ precision: Rendering.Precision, _ memory: PhaseMemory
  ) throws -> ModelFacts.Need {
    try need(memory) {
      let transformer = try folder.transformer(component.rawValue, on: device(precision, memory))
      transformer.tokensAtATime = memory.tokensAtATime
      let texts = rows.map {
        transformer.remember(
          Tensor(uninitialized: [$0, transformer.configuration.textDim]), keepsKeys: memory.keepsKeys)
      }
      var before = 0.0
      for _ in 0..<2 {
        before = Rehearsal.operations
        let sets = memory.passesTogether ? [texts] : texts.map { [$0] }
        for texts in sets { _ = try transformer(Tensor.zeros(latents), timestep: 0, texts: texts) { false } }
      }
      return (Rehearsal.operations - before) / Double(texts.count)
    }
  }

  /// The first latent frame and two others; the operations are those of all.
  private func decoder(
    _ latents: [Int], _ precision: Rendering.Precision, _ memory: PhaseMemory
  ) throws -> ModelFacts.Need {
    try need(memory) {
      let decoder = try folder.vaeDecoder(on: device(precision, memory))
      let rehearsed = Tensor.zeros([min(3, latents[0])] + latents[1...])
      var marks: [Double] = []
      let stride = decoder.configuration.temporalStride
      try decoder.decode(rehearsed, isCancelled: { false }, emit: { _ in marks.append(Rehearsal.operations) })
      let first = marks.first ?? 0
      let each = marks.count > stride ? marks[stride] - first : 0
      return first + Double(max(0, latents[0] - 1)) * each
    }
  }
}

extension Rendering.Precision {
  /// The same choice in the words of the Tensors room.
  var arithmetic: Tensors.Precision {
    switch self {
    case .reference: .reference
    case .fast: .fast
    case .turbo: .turbo
    }
  }
}
