import Checkpoints
import Rendering
public import Tensors
public import WanModel

/// Prompt and negative prompt as the experts read them: a fixed number of rows, those after the text zero.
public struct TextEmbeddings {
  /// Rows that Wan's experts were trained with.
  public static let rows = 512

  /// [rows, dModel]
  public let prompt: Tensor
  public let negative: Tensor
  public let promptTokens: Int
  public let negativeTokens: Int

  /// - Parameter truncates: whether a text of more than `rows` tokens is cut, as the Wan pipelines do without a word,
  ///   or refused.
  /// - Throws: ``RenderError`` if a text is too long; ``ModelError``, `CheckpointError`.
  public init(
    prompt: String, negative: String, folder: ModelFolder, device: any Device, rows: Int = Self.rows,
    truncates: Bool = false, listener: Denoiser.Listener
  ) throws {
    try self.init(
      prompt: prompt, negative: negative, folder: folder, device: device, memory: PhaseMemory(), rows: rows,
      truncates: truncates, listener: listener)
  }

  /// - Parameter memory: what the encoder may keep.
  init(
    prompt: String, negative: String, folder: ModelFolder, device: any Device, memory: PhaseMemory,
    rows: Int = Self.rows, truncates: Bool = false, listener: Denoiser.Listener
  ) throws {
    let tokenizer = try folder.tokenizer()
    let ids = try [("prompt", prompt), ("negative prompt", negative)].map { name, text in
      let tokens = try tokenizer.encode(text, maxLength: rows)
      guard truncates || !tokens.isTruncated else { throw Self.tooLong(name, tokens.fullCount, rows) }
      return tokens.ids
    }
    let encoder = try folder.textEncoder(on: device)
    let path = folder.location(Component.textEncoder.rawValue)
    encoder.keep(memory.residency(.textEncoder, encoder.pages, path, listener))
    let embeddings = try ids.map { ids in
      let embeddings = try encoder(ids, isCancelled: listener.isCancelled)
      if embeddings.firstNonFinite() != nil { throw try folder.causeOfNonFinite("the text encoder", in: .textEncoder) }
      return Self.padded(embeddings, to: rows)
    }
    (self.prompt, self.negative) = (embeddings[0], embeddings[1])
    (promptTokens, negativeTokens) = (ids[0].count, ids[1].count)
  }

  private static func tooLong(_ name: String, _ count: Int, _ rows: Int) -> RenderError {
    RenderError(
      .badRecipe, "the \(name) has \(count) tokens and the model reads \(rows)",
      remedy: "shorten it; beyond about 300 tokens quality falls anyway")
  }

  private static func padded(_ embeddings: Tensor, to rows: Int) -> Tensor {
    let width = embeddings.shape[1]
    let zeros = [Float](repeating: 0, count: (rows - embeddings.shape[0]) * width)
    return Tensor(embeddings.floats() + zeros, shape: [rows, width])
  }
}
