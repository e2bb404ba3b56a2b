import CSentencePiece
import Checkpoints

/// A SentencePiece model in memory; the only owner of the library's object.
final class SentencePieceModel: @unchecked Sendable {  // safe: the library only reads a loaded model
  private let model: OpaquePointer

  /// - Parameters:
  ///   - bytes: the contents of `spiece.model`.
  ///   - path: for error messages.
  init(_ bytes: [UInt8], path: String) throws(CheckpointError) {
    guard NormaliserTable.isSound(in: bytes) else {
      throw CheckpointError(
        .malformed(part: "tokenizer model", detail: "its normaliser's table points outside of itself"), path: path)
    }
    var model: OpaquePointer?
    let status = bytes.withUnsafeBytes { mv_sentencepiece_create($0.baseAddress, $0.count, &model) }
    if status == MV_SENTENCEPIECE_NO_MEMORY {
      throw CheckpointError(.noResources(reason: status.sentence), path: path)
    }
    guard status == MV_SENTENCEPIECE_OK, let model else {
      throw CheckpointError(.malformed(part: "tokenizer model", detail: status.sentence), path: path)
    }
    self.model = model
  }

  deinit { mv_sentencepiece_destroy(model) }

  /// How many pieces there are; their ids are 0..<count.
  var count: Int { Int(mv_sentencepiece_size(model)) }
  var endID: Int32? { Self.defined(mv_sentencepiece_end_id(model)) }
  var paddingID: Int32? { Self.defined(mv_sentencepiece_padding_id(model)) }
  var unknownID: Int32? { Self.defined(mv_sentencepiece_unknown_id(model)) }

  private static func defined(_ id: Int32) -> Int32? { id >= 0 ? id : nil }

  func id(of piece: String) -> Int32? {
    var piece = piece
    return Self.defined(
      piece.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { mv_sentencepiece_id(model, $0.baseAddress, $0.count) }
      })
  }

  func piece(_ id: Int32) -> String? {
    var count = 0
    guard let start = mv_sentencepiece_piece(model, id, &count) else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The ids of the pieces of a text; nil if the library refuses (a text of gigabytes, no memory).
  func encode(_ text: String) -> [Int32]? {
    var text = text
    var ids: UnsafeMutablePointer<Int32>?
    var count = 0
    let status = text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        mv_sentencepiece_encode(model, $0.baseAddress, $0.count, &ids, &count)
      }
    }
    defer { mv_sentencepiece_free(ids) }
    guard status == MV_SENTENCEPIECE_OK else { return nil }
    return Array(UnsafeBufferPointer(start: ids, count: count))
  }
}

extension mv_sentencepiece_status {
  fileprivate var sentence: String {
    switch self {
    case MV_SENTENCEPIECE_NO_MEMORY: "not enough memory to read it"
    case MV_SENTENCEPIECE_MALFORMED: "it is not a SentencePiece model"
    default: "libsentencepiece refuses it"
    }
  }
}
