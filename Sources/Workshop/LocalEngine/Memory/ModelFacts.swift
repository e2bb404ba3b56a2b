import Checkpoints
import Rendering
import Synchronization
import Tensors
import WanModel

/// What planning has to know of a model, read or rehearsed once and remembered: sizes alone, from configurations and
/// headers.
final class ModelFacts: Sendable {
  let folder: ModelFolder
  private let known = Mutex(Known())

  private struct Known {
    var model: Model?
    var pages: [Component: PageSizes] = [:]
    var needs: [Question: Need] = [:]
    var tokens: [String: Int] = [:]
  }

  struct Model: Sendable {
    var pipeline: PipelineConfiguration
    var expert: TransformerConfiguration
    var text: TextEncoderConfiguration
    var vae: VAEConfiguration
    var experts: [Component]
  }

  /// Bytes of a part's weights in their files.
  struct PageSizes: Hashable, Sendable {
    var layers: [Int]
    var others: Int
    /// Those that serve a new prompt alone: of each layer, and of the others.
    var prompt: [Int]
    var othersOfPrompt: Int

    init(layers: [Int], others: Int, prompt: [Int] = [], othersOfPrompt: Int = 0) {
      (self.layers, self.others, self.prompt, self.othersOfPrompt) = (layers, others, prompt, othersOfPrompt)
    }

    var total: Int { (layers + prompt).reduce(others + othersOfPrompt, +) }
    var largest: Int { layers.max() ?? 0 }

    /// What is mapped while layers run: without what was for the prompt and is over. If its keys are kept, a layer's
    /// part for it stands beside the layers only while they are made; if not, it belongs to the layer.
    func running(keepsKeys: Bool) -> PageSizes {
      if prompt.isEmpty { return self }
      return keepsKeys
        ? PageSizes(layers: layers, others: others + (prompt.max() ?? 0))
        : PageSizes(layers: zip(layers, prompt).map(+), others: others)
    }
  }

  /// Something to rehearse; equal questions have equal answers.
  enum Question: Hashable, Sendable {
    case text(tokens: Int, Rendering.Precision, PhaseMemory)
    /// - Parameter rows: of each text that differ.
    case expert(Component, latents: [Int], rows: [Int], Rendering.Precision, PhaseMemory)
    case decoder(latents: [Int], Rendering.Precision, PhaseMemory)
  }

  /// The answer.
  struct Need: Hashable, Sendable {
    /// Bytes at the worst moment: with free buffers that are kept, and without.
    var held: Int
    var least: Int
    /// Multiplications and additions: of one pass of an expert, or of the whole phase.
    var operations: Double
  }

  init(folder: ModelFolder) { self.folder = folder }

  /// - Throws: ``CheckpointError`` if parts are missing or do not fit each other.
  func model() throws -> Model {
    if let model = known.withLock({ $0.model }) { return model }
    try folder.verifyFit()
    let pipeline = try folder.pipelineConfiguration()
    let model = Model(
      pipeline: pipeline, expert: try folder.transformerConfiguration(ModelFolder.experts[0]),
      text: try folder.textEncoderConfiguration(), vae: try folder.vaeConfiguration(),
      experts: [.highNoiseExpert, .lowNoiseExpert].filter { pipeline.contains($0.rawValue) })
    known.withLock { $0.model = model }
    return model
  }

  /// How many tokens a text has, with the end-of-sequence token; at most what the experts read.
  func tokens(_ text: String) throws -> Int {
    if let count = known.withLock({ $0.tokens[text] }) { return count }
    let count = min(try folder.tokenizer().encode(text).fullCount, TextEmbeddings.rows)
    known.withLock { known in
      if known.tokens.count > 64 { known.tokens = [:] }
      known.tokens[text] = count
    }
    return count
  }

  func pages(_ component: Component) throws -> PageSizes {
    if let pages = known.withLock({ $0.pages[component] }) { return pages }
    let pages = try Rehearsals(folder).pages(component)
    known.withLock { $0.pages[component] = pages }
    return pages
  }

  func need(_ question: Question) throws -> Need {
    if let need = known.withLock({ $0.needs[question] }) { return need }
    let need = try Rehearsals(folder).need(question)
    known.withLock { known in
      if known.needs.count > 1000 { known.needs = [:] }
      known.needs[question] = need
    }
    return need
  }
}
