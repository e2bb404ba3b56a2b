import Checkpoints

/// Writes a vocabulary as the bytes of a `spiece.model`: a protocol buffer, `ModelProto` of
/// https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto.
struct SentencePieceProto {
  private(set) var bytes: [UInt8] = []

  /// A unigram model with UMT5's settings where the vocabulary says nothing.
  init(_ vocabulary: GGUFVocabulary) {
    for piece in vocabulary.pieces {
      message(1) {
        $0.text(1, piece.text)
        $0.number(2, piece.score)
        $0.number(3, Int(piece.kind))
      }
    }
    message(2) {
      $0.number(3, 1)  // unigram
      $0.number(4, vocabulary.pieces.count)
      $0.number(35, vocabulary.pieces.contains { $0.kind == 6 } ? 1 : 0)  // falls back to bytes
      $0.number(40, vocabulary.unknownID ?? 2)
      $0.number(41, -1)
      $0.number(42, vocabulary.endID ?? 1)
      $0.number(43, vocabulary.paddingID ?? 0)
    }
    message(3) {
      $0.block(2, vocabulary.normaliser)
      for setting in 3...5 { $0.number(setting, 1) }  // a space in front, no double ones, ▁ for spaces
    }
  }

  private init() {}

  private mutating func message(_ field: Int, _ write: (inout SentencePieceProto) -> Void) {
    var inner = SentencePieceProto()
    write(&inner)
    block(field, inner.bytes)
  }

  private mutating func text(_ field: Int, _ text: String) { block(field, Array(text.utf8)) }

  private mutating func block(_ field: Int, _ block: [UInt8]) {
    variable(UInt64(field << 3 | 2))
    variable(UInt64(block.count))
    bytes += block
  }

  private mutating func number(_ field: Int, _ value: Int) {
    variable(UInt64(field << 3))
    variable(UInt64(bitPattern: Int64(value)))
  }

  private mutating func number(_ field: Int, _ value: Float) {
    variable(UInt64(field << 3 | 5))
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Seven bits a byte, the lowest first.
  private mutating func variable(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
