import Checkpoints

/// Names that become one id wherever they stand in a text, before it is split into pieces: `</s>`, `<extra_id_0>`.
struct SpecialTokens {
  struct Token: Hashable {
    var content: String
    var id: Int32
    /// White space before or after belongs to the token.
    var takesSpaceBefore = false
    var takesSpaceAfter = false
    /// Not inside a word.
    var isWord = false
  }

  /// A text cut at its special tokens.
  enum Part: Hashable {
    case text(String)
    case token(Int32)
  }

  let tokens: [Token]
  /// A tree of bytes; a node knows the token that ends there.
  private var nodes = [Node()]

  private struct Node {
    var next: [UInt8: Int] = [:]
    var token: Int?
  }

  init(_ tokens: [Token]) {
    self.tokens = tokens
    for (index, token) in tokens.enumerated() where !token.content.isEmpty { insert(token.content, index) }
  }

  private mutating func insert(_ content: String, _ index: Int) {
    var node = 0
    for byte in content.utf8 {
      if let next = nodes[node].next[byte] {
        node = next
      } else {
        nodes.append(Node())
        nodes[node].next[byte] = nodes.count - 1
        node = nodes.count - 1
      }
    }
    nodes[node].token = index
  }

  /// Cuts the text; at one place the longest name wins, and the first place wins.
  func split(_ text: String) -> [Part] {
    let bytes = Array(text.utf8)
    var parts: [Part] = []
    var start = 0
    var position = 0
    while position < bytes.count {
      guard let (token, end) = match(bytes, position) else {
        position += 1
        continue
      }
      let before = token.takesSpaceBefore ? Self.trimEnd(bytes, start, position) : position
      if before > start { parts.append(.text(String(decoding: bytes[start..<before], as: UTF8.self))) }
      parts.append(.token(token.id))
      position = token.takesSpaceAfter ? Self.skipSpace(bytes, end) : end
      start = position
    }
    if start < bytes.count { parts.append(.text(String(decoding: bytes[start...], as: UTF8.self))) }
    return parts
  }

  private func match(_ bytes: [UInt8], _ start: Int) -> (Token, end: Int)? {
    var node = 0
    var found: (Token, end: Int)?
    for position in start..<bytes.count {
      guard let next = nodes[node].next[bytes[position]] else { break }
      node = next
      if let index = nodes[node].token { found = (tokens[index], position + 1) }
    }
    guard let found, found.0.isWord else { return found }
    let isInsideWord =
      start > 0 && Self.isWordByte(bytes[start - 1]) || found.end < bytes.count && Self.isWordByte(bytes[found.end])
    return isInsideWord ? nil : found
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || Character(Unicode.Scalar(byte)).isLetter
      || Character(Unicode.Scalar(byte)).isNumber
  }

  private static func trimEnd(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, bytes[end - 1] == 0x20 { end -= 1 }
    return end
  }

  private static func skipSpace(_ bytes: [UInt8], _ start: Int) -> Int {
    var start = start
    while start < bytes.count, bytes[start] == 0x20 { start += 1 }
    return start
  }
}

extension SpecialTokens {
  /// The pieces that are no text: unknown, control and user-defined ones.
  init(_ vocabulary: GGUFVocabulary) {
    self.init(
      vocabulary.pieces.enumerated().filter { (2...4).contains($1.kind) }
        .map { Token(content: $1.text, id: Int32($0)) })
  }

  /// Reads them from the first of `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json` that is
  /// there, in a tokenizer's folder. Without any, the text has none.
  init(folder: String, model: SentencePieceModel) throws(CheckpointError) {
    if let list = try Self.member("added_tokens", of: folder + "/tokenizer.json")?.array {
      self.init(list.compactMap { Self.token($0, id: $0["id"]?.integer) })
    } else if let table = try Self.member("added_tokens_decoder", of: folder + "/tokenizer_config.json")?.object {
      let tokens = table.compactMap { key, value in Self.token(value, id: Int(key)) }
      self.init(tokens.sorted { $0.id < $1.id })
    } else {
      self.init(
        try Self.names(folder).compactMap { name in
          model.id(of: name).map { Token(content: name, id: $0) }
        })
    }
  }

  private static func member(_ key: String, of path: String) throws(CheckpointError) -> JSON? {
    do {
      return try JSON(file: path, part: "tokenizer", member: key)
    } catch  where error.cause == .notFound {
      return nil
    }
  }

  private static func token(_ json: JSON, id: Int?) -> Token? {
    guard let content = json["content"]?.string, let id = id.flatMap(Int32.init(exactly:)), id >= 0 else { return nil }
    return Token(
      content: content, id: id, takesSpaceBefore: json["lstrip"]?.bool ?? false,
      takesSpaceAfter: json["rstrip"]?.bool ?? false, isWord: json["single_word"]?.bool ?? false)
  }

  /// The names in `special_tokens_map.json`: strings, or objects with a `content`.
  private static func names(_ folder: String) throws(CheckpointError) -> [String] {
    let map: JSON
    do {
      map = try JSON(file: folder + "/special_tokens_map.json", part: "tokenizer")
    } catch  where error.cause == .notFound {
      return []
    }
    let values = (map.object ?? [:]).values.flatMap { $0.array ?? [$0] }
    return Set(values.compactMap { $0.string ?? $0["content"]?.string }).sorted()
  }
}
