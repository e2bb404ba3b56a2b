public import Checkpoints
import Tensors

/// Turns a prompt into the ids that the text encoder reads, as the Wan pipelines do.
///
///     let tokenizer = try Tokenizer(folder: "wan/tokenizer")
///     let tokens = try tokenizer.encode("a red ball", maxLength: 512)
///     tokens.ids                 // ends with the id of </s>
///     tokens.padded(to: 512)     // 512 ids
///
/// Pieces, their normaliser, the unknown id and the fallback to bytes come from `spiece.model`, through
/// libsentencepiece; names of special tokens come from `tokenizer.json` or the files that stand in for it.
public struct Tokenizer: Sendable {
  /// The ids of one text.
  public struct Tokens: Hashable, Sendable {
    /// At most the maximal length, the end token included.
    public var ids: [Int32]
    /// How many ids the whole text has, the end token included.
    public var fullCount: Int
    /// The id that fills a row up.
    public var paddingID: Int32

    /// Whether the end of the text was lost.
    public var isTruncated: Bool { fullCount > ids.count }

    public func padded(to length: Int) -> [Int32] {
      ids + [Int32](repeating: paddingID, count: max(0, length - ids.count))
    }
  }

  /// Largest model and largest text that are read, in bytes.
  static let maximumModelByteCount = 256 << 20
  static let maximumTextByteCount = 64 << 20

  public let path: String
  private let model: SentencePieceModel
  private let specialTokens: SpecialTokens
  private let keepsBlocks: Bool
  public let endID: Int32
  public let paddingID: Int32

  /// Opens a folder with `spiece.model` and, beside it, the names of the special tokens.
  /// - Throws: ``CheckpointError`` naming the file that is missing or damaged.
  public init(folder: String) throws(CheckpointError) {
    let path = folder + "/spiece.model"
    let bytes = try MappedFile(path: path).contents(limit: Self.maximumModelByteCount, part: "tokenizer model")
    try self.init(bytes, path: path) { model throws(CheckpointError) in
      try SpecialTokens(folder: folder, model: model)
    }
  }

  /// - Parameters:
  ///   - bytes: of a `spiece.model`.
  ///   - path: where they come from.
  private init(
    _ bytes: [UInt8], path: String,
    _ specialTokens: (SentencePieceModel) throws(CheckpointError) -> SpecialTokens
  ) throws(CheckpointError) {
    self.path = path
    let plain = try SentencePieceModel(bytes, path: path)
    keepsBlocks = Self.keepsBlocks(plain)
    model = keepsBlocks ? try SentencePieceModel(bytes + Self.leaveSpacesAlone, path: path) : plain
    self.specialTokens = try specialTokens(plain)
    guard let end = plain.endID ?? plain.id(of: "</s>") else {
      throw CheckpointError(.malformed(part: "tokenizer model", detail: "it has no end token </s>"), path: path)
    }
    endID = end
    paddingID = plain.paddingID ?? plain.id(of: "<pad>") ?? 0
  }

  /// What is read of a tokenizer's folder.
  static let fileNames = ["spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]

  /// What ComfyUI calls the `spiece.model` inside a text encoder's file.
  static let tensorName = "spiece_model"

  /// Whether a text encoder's file carries a tokenizer.
  static func isIn(_ path: String) -> Bool {
    // What cannot be opened carries none; who opens it next says why.
    guard let checkpoint = try? Checkpoint(path: path) else { return false }
    return checkpoint.contains(tensorName) || checkpoint.files.contains(where: GGUFVocabulary.isIn)
  }

  /// Opens a folder with `spiece.model`, or takes one out of a text encoder's file: ComfyUI's carry the model itself,
  /// GGUF files the vocabulary.
  /// - Throws: ``CheckpointError``, as for ``init(folder:)``.
  public init(path: String) throws(CheckpointError) {
    guard ModelPlaces.isWeights(path) else {
      try self.init(folder: path)
      return
    }
    let checkpoint = try Checkpoint(path: path)
    if let file = checkpoint.files.first(where: GGUFVocabulary.isIn) {
      let vocabulary = try GGUFVocabulary(file)
      try self.init(SentencePieceProto(vocabulary).bytes, path: path) { _ in SpecialTokens(vocabulary) }
      return
    }
    let tensor = try checkpoint.tensor(named: Self.tensorName)
    guard tensor.type == .uint8, tensor.byteCount <= Self.maximumModelByteCount else {
      throw CheckpointError(
        .malformed(part: "tokenizer model", detail: "\(tensor.type.rawValue) \(tensor.shape) are no bytes of a model"),
        path: path, tensor: Self.tensorName)
    }
    try self.init(tensor.withUnsafeBytes { [UInt8]($0) }, path: path) { _ in SpecialTokens([]) }
  }

  /// One more than the largest id that can come out.
  public var vocabularySize: Int { max(model.count, Int(specialTokens.tokens.map(\.id).max() ?? 0) + 1) }

  /// The ids of `text` after ``TextCleaning``, with the end token, which stays when the text is cut off.
  /// - Throws: ``ModelError`` if the text is longer than any prompt (64 MB).
  public func encode(_ text: String, maxLength: Int = 512) throws(ModelError) -> Tokens {
    guard text.utf8.count <= Self.maximumTextByteCount else {
      throw .badInput("the text has \(text.utf8.count) bytes, the limit is \(Self.maximumTextByteCount)")
    }
    return try encode(cleaned: TextCleaning.clean(text), maxLength: maxLength)
  }

  /// The same for a text that needs no cleaning.
  func encode(cleaned text: String, maxLength: Int) throws(ModelError) -> Tokens {
    var ids: [Int32] = []
    for part in specialTokens.split(text) {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let text): ids += try pieces(text)
      }
    }
    return Tokens(
      ids: ids.prefix(max(1, maxLength) - 1) + [endID], fullCount: ids.count + 1, paddingID: paddingID)
  }

  private func pieces(_ text: String) throws(ModelError) -> [Int32] {
    guard let ids = model.encode(keepsBlocks ? Self.spacesAsBlocks(text) : text) else {
      throw .badInput("the tokenizer refuses the text")
    }
    return ids
  }
}

// MARK: - Spaces

// SentencePiece writes a space as ▁ (U+2581), puts one before the text, and drops the spaces at both ends. The
// pipelines' tokenizer.json does the same, except where the text itself has a ▁: one at the beginning stands for
// the one to be put there, one at the end stays. With the usual normaliser table that makes no difference, since
// it turns ▁ into a space. For a model without such a table the spaces are done here.

extension Tokenizer {
  private static let block: Unicode.Scalar = "\u{2581}"

  /// Appended to a model, this replaces two settings of its normaliser: no space put before the text, no spaces
  /// dropped. (Protocol buffers: a repeated submessage is merged, the last value counts. Field 3 is
  /// `normalizer_spec`, in it 3 is `add_dummy_prefix` and 4 is `remove_extra_whitespaces`.)
  private static let leaveSpacesAlone: [UInt8] = [0x1A, 4, 0x18, 0, 0x20, 0]

  /// Whether a ▁ in the text survives the normaliser.
  private static func keepsBlocks(_ model: SentencePieceModel) -> Bool {
    let pieces = (model.encode("\(block)a") ?? []).compactMap(model.piece).joined()
    return pieces.unicodeScalars.prefix(2).elementsEqual([block, block])
  }

  /// Spaces become ▁, a run of them one, none at the end, one in front.
  private static func spacesAsBlocks(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var isAfterSpace = false
    let end = text.unicodeScalars.lastIndex { !$0.properties.isWhitespace }
    guard let end else { return "" }
    for scalar in text.unicodeScalars[...end] {
      let isSpace = scalar == " "
      if !isSpace { scalars.append(scalar) } else if !isAfterSpace { scalars.append(block) }
      isAfterSpace = isSpace
    }
    if scalars.first != block { scalars.insert(block, at: scalars.startIndex) }
    return String(scalars)
  }
}
