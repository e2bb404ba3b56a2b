import Checkpoints
import Foundation
import GoldenModel
import Tensors
import Testing

@testable import WanModel

/// A text encoder as llama.cpp's converter writes it: the vocabulary of `spiece.model` in the metadata.
@Suite struct GGUFTokenizerTests {
  private func withFile(_ change: (inout GGUFText) -> Void = { _ in }, _ body: (String) throws -> Void) throws {
    var text = try GGUFText(spiece: GoldenModel.path + "/tokenizer/spiece.model")
    change(&text)
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path + "/umt5.gguf"
    try Data(text.file).write(to: URL(filePath: path))
    try body(path)
  }

  @Test(arguments: Goldens.cases("tokenize-"))
  func itSplitsAsTheModelItCameFrom(_ name: String) throws {
    let golden = try GoldenCase(name)
    let maxLength = try #require(golden.parameters["max_length"]?.integer)
    try withFile { path in
      #expect(Tokenizer.isIn(path))
      let tokenizer = try Tokenizer(path: path)
      // The names <extra_id_0>… stand beside that model, in tokenizer.json.
      let texts = (golden.parameters["texts"]?.array ?? []).enumerated()
      for (index, text) in texts where text.string?.contains("<extra_id_") == false {
        let expected = try golden.expected.tensor(named: "input_ids.\(index)").floats().map { Int32($0) }
        #expect(try tokenizer.encode(text.string ?? "", maxLength: maxLength).ids == expected, "\(text)")
      }
    }
  }

  @Test func listsThatDoNotFitAreNamed() throws {
    let changes: [(inout GGUFText) -> Void] = [{ $0.scores.removeLast() }, { $0.kinds = [] }]
    for change in changes {
      try withFile(change) { path in
        #expect {
          try Tokenizer(path: path)
        } throws: {
          "\($0)".contains("does not fit the tokens")
        }
      }
    }
  }

  @Test func anIDPastTheTokensIsNone() throws {
    func change(_ text: inout GGUFText) { text.ids["eos_token_id"] = 4_000_000_000 }
    try withFile(change) { path in
      let vocabulary = try GGUFVocabulary(WeightsFile(path: path))
      #expect(vocabulary.endID == nil)
    }
  }
}

/// The metadata of a vocabulary, written out.
struct GGUFText {
  var tokens: [[UInt8]] = []
  var scores: [Float] = []
  var kinds: [Int32] = []
  var normaliser: [UInt8] = []
  var ids: [String: UInt32] = ["eos_token_id": 1, "padding_token_id": 0, "unknown_token_id": 2]

  /// Reads the two fields of the protocol buffer that a converter takes over.
  init(spiece path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    for (field, piece) in Self.fields(bytes[...]) where field == 1 {
      var (text, score, kind): ([UInt8], Float, Int32) = ([], 0, 1)
      for (inner, value) in Self.fields(piece) {
        switch inner {
        case 1: text = Array(value)
        case 2: score = value.withUnsafeBytes { Float(bitPattern: $0.loadUnaligned(as: UInt32.self)) }
        default: kind = Int32(value.first ?? 1)
        }
      }
      tokens.append(text)
      scores.append(score)
      kinds.append(kind)
    }
    for (field, settings) in Self.fields(bytes[...]) where field == 3 {
      for (inner, value) in Self.fields(settings) where inner == 2 { normaliser = Array(value) }
    }
  }

  /// Numbers come as their bytes.
  private static func fields(_ bytes: ArraySlice<UInt8>) -> [(field: Int, value: ArraySlice<UInt8>)] {
    var (rest, found): (ArraySlice<UInt8>, [(Int, ArraySlice<UInt8>)]) = (bytes, [])
    func variable() -> Int {
      var (value, shift) = (0, 0)
      while let byte = rest.popFirst() {
        value |= Int(byte & 127) << shift
        shift += 7
        if byte < 128 { break }
      }
      return value
    }
    while !rest.isEmpty {
      let tag = variable()
      switch tag & 7 {
      case 0: found.append((tag >> 3, [UInt8(truncatingIfNeeded: variable())]))
      case 2:
        let count = variable()
        found.append((tag >> 3, rest.prefix(count)))
        rest = rest.dropFirst(count)
      default:
        found.append((tag >> 3, rest.prefix(4)))
        rest = rest.dropFirst(4)
      }
    }
    return found
  }

  /// A GGUF file without tensors.
  var file: [UInt8] {
    var bytes = Array("GGUF".utf8) + Self.little(UInt32(3)) + Self.little(UInt64(0))
    bytes += Self.little(UInt64(5 + ids.count))
    bytes += Self.text("tokenizer.ggml.model") + Self.little(UInt32(8)) + Self.text("t5")
    bytes += list("tokens", 8, tokens.count, tokens.flatMap { Self.little(UInt64($0.count)) + $0 })
    bytes += list("scores", 6, scores.count, scores.flatMap { Self.little($0.bitPattern) })
    bytes += list("token_type", 5, kinds.count, kinds.flatMap { Self.little(UInt32(bitPattern: $0)) })
    bytes += list("precompiled_charsmap", 0, normaliser.count, normaliser)
    for (name, id) in ids { bytes += Self.text("tokenizer.ggml." + name) + Self.little(UInt32(4)) + Self.little(id) }
    return bytes
  }

  private func list(_ name: String, _ type: UInt32, _ count: Int, _ values: [UInt8]) -> [UInt8] {
    Self.text("tokenizer.ggml." + name) + Self.little(UInt32(9)) + Self.little(type) + Self.little(UInt64(count))
      + values
  }

  private static func text(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
