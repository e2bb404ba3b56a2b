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
  /// What was encoded for them, without padding; the rest was known.
  let encoded: [KnownTexts.Text: Tensor]

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

  /// - Parameters:
  ///   - memory: what the encoder may keep.
  ///   - known: texts that are not encoded again. If both are, the encoder is not opened.
  init(
    prompt: String, negative: String, folder: ModelFolder, device: any Device, memory: PhaseMemory,
    known: KnownTexts = KnownTexts(), rows: Int = Self.rows, truncates: Bool = false, listener: Denoiser.Listener
  ) throws {
    let texts = [(KnownTexts.Text.prompt, "prompt", prompt), (.negative, "negative prompt", negative)]
    var ids: [KnownTexts.Text: [Int32]] = [:]
    let tokenizer = known.unknown > 0 ? try folder.tokenizer() : nil
    for (text, name, words) in texts where known[text] == nil {
      guard let tokens = try tokenizer?.encode(words, maxLength: rows) else { continue }
      guard truncates || !tokens.isTruncated else { throw Self.tooLong(name, tokens.fullCount, rows) }
      ids[text] = tokens.ids
    }
    encoded = try Self.encode(ids, folder, device, memory, listener)
    let embeddings = texts.compactMap { [encoded] text, _, _ in known[text] ?? encoded[text] }
    (self.prompt, self.negative) = (Self.padded(embeddings[0], to: rows), Self.padded(embeddings[1], to: rows))
    (promptTokens, negativeTokens) = (embeddings[0].shape[0], embeddings[1].shape[0])
  }

  private static func encode(
    _ ids: [KnownTexts.Text: [Int32]], _ folder: ModelFolder, _ device: any Device, _ memory: PhaseMemory,
    _ listener: Denoiser.Listener
  ) throws -> [KnownTexts.Text: Tensor] {
    if ids.isEmpty { return [:] }
    let encoder = try folder.textEncoder(on: device)
    let path = folder.location(Component.textEncoder.rawValue)
    encoder.keep(memory.residency(.textEncoder, encoder.pages, path, listener))
    let texts = KnownTexts.Text.allCases.filter { ids[$0] != nil }
    let embeddings = try encoder(texts.compactMap { ids[$0] }, isCancelled: listener.isCancelled)
    if embeddings.contains(where: { $0.firstNonFinite() != nil }) {
      throw try folder.causeOfNonFinite("the text encoder", in: .textEncoder)
    }
    return Dictionary(uniqueKeysWithValues: zip(texts, embeddings))
  }

  private static func tooLong(_ name: String, _ count: Int, _ rows: Int) -> RenderError {
    RenderError(
      .badRecipe, "the \(name) has \(count) tokens and the model reads \(rows)",
      remedy: "shorten it; beyond about 300 tokens quality falls anyway")
  }

  private static func padded(_ embeddings: Tensor, to rows: Int) -> Tensor {
    let result = Tensor.zeros([rows, embeddings.shape[1]])
    result.rows(0..<embeddings.shape[0]).add(embeddings, factor: 1)
    return result
  }
}
