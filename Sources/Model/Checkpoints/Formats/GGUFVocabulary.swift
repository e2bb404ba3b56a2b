/// The vocabulary in the metadata of a GGUF text encoder, as llama.cpp's converter writes it for T5 models.
///
/// Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, section "tokenizer".
public struct GGUFVocabulary: Sendable {
  /// A piece of text with its logarithmic probability; ▁ (U+2581) stands for a space.
  public struct Piece: Hashable, Sendable {
    public let text: String
    public let score: Float
    /// 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte: SentencePiece's own numbers.
    public let kind: Int32
  }

  public let pieces: [Piece]
  /// SentencePiece's compiled table of normalisations; empty if there is none.
  public let normaliser: [UInt8]
  public let endID, paddingID, unknownID: Int?

  private static let key = "tokenizer.ggml."

  /// Whether a file carries one.
  public static func isIn(_ file: WeightsFile) -> Bool {
    file.metadata[key + "model"] == "t5" && file.lists[key + "tokens"]?.type == 8
  }

  /// - Throws: ``CheckpointError`` if the lists do not fit one another.
  public init(_ file: WeightsFile) throws(CheckpointError) {
    let bytes = file.mapping.bytes
    func reader(_ list: GGUFList) -> ByteReader {
      ByteReader(bytes, from: list.range.lowerBound, path: file.path, part: "GGUF vocabulary")
    }
    func list(_ name: String, _ type: UInt32, count: Int? = nil) throws(CheckpointError) -> GGUFList {
      guard let list = file.lists[Self.key + name], list.type == type, count.map({ $0 == list.count }) ?? true else {
        throw CheckpointError(
          .malformed(part: "GGUF vocabulary", detail: "the list \(name) is missing, or does not fit the tokens"),
          path: file.path)
      }
      return list
    }
    let tokens = try list("tokens", 8)
    var (texts, scores) = (reader(tokens), reader(try list("scores", 6, count: tokens.count)))
    var kinds = reader(try list("token_type", 5, count: tokens.count))
    var pieces: [Piece] = []
    pieces.reserveCapacity(tokens.count)
    for _ in 0..<tokens.count {
      let text = try GGUFMetadata.text(&texts, "a token")
      let score = Float(bitPattern: try scores.integer(UInt32.self, "a score"))
      pieces.append(Piece(text: text, score: score, kind: try kinds.integer(Int32.self, "a token's type")))
    }
    self.pieces = pieces
    normaliser =
      file.lists[Self.key + "precompiled_charsmap"].map { list in
        list.type < 2 ? [UInt8](bytes[list.range]) : []
      } ?? []
    func id(_ name: String) -> Int? {
      file.metadata[Self.key + name].flatMap { Int($0) }.flatMap { pieces.indices.contains($0) ? $0 : nil }
    }
    (endID, paddingID, unknownID) = (id("eos_token_id"), id("padding_token_id"), id("unknown_token_id"))
  }
}
