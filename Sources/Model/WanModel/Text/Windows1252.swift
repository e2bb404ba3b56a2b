/// The encoding that old Windows programs take text for. Its five undefined bytes stand for the control characters
/// of Latin-1 here, as in browsers (https://encoding.spec.whatwg.org/#windows-1252).
enum Windows1252 {
  /// Characters of the bytes 0x80 to 0x9F.
  private static let upperControls = Array(
    "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)

  private static let bytes = Dictionary(
    uniqueKeysWithValues: upperControls.enumerated().map { ($0.element, UInt8(0x80 + $0.offset)) })

  static func character(_ byte: UInt8) -> Unicode.Scalar {
    (0x80...0x9F).contains(byte) ? upperControls[Int(byte) - 0x80] : Unicode.Scalar(byte)
  }

  /// The byte that is read as this character, in Windows-1252 or in Latin-1; nil if there is none.
  static func byte(_ character: Unicode.Scalar) -> UInt8? {
    UInt8(exactly: character.value) ?? bytes[character]
  }
}
