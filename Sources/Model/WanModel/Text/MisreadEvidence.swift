extension MisreadRun {
  /// Whether this run shows by itself that the text was misread.
  func isEvident(in line: [Unicode.Scalar]) -> Bool {
    let text = line[range]
    if text.contains(where: { (0x80...0x9F).contains($0.value) }) { return true }
    if meant.count > 1 { return meant.contains(where: Self.isLikely) }
    guard let first = text.first, let second = text.dropFirst().first, let meant = meant.first else { return false }
    guard text.count == 2 else { return Self.isLikely(meant) && !text.dropFirst().allSatisfy(Self.closesText) }
    return isEvidentPair(first, second, meant, in: line)
  }

  /// "Ã " for "à", whose second byte became a space, or "Â " for a space.
  func standsBeforeSpace(in line: [Unicode.Scalar]) -> Bool {
    let first = line[range.lowerBound]
    return (first == "Â" || first == "Ã") && meant.count == 1 && range.lowerBound + 1 < line.count
      && line[range.lowerBound + 1] == " "
  }

  /// The same at the beginning of a line or after a small letter, where no capital is expected.
  func isEvidentBeforeSpace(in line: [Unicode.Scalar]) -> Bool {
    guard standsBeforeSpace(in: line) else { return false }
    var before = line[..<range.lowerBound]
    if let last = before.last, last.properties.isWhitespace { before.removeLast() }
    return range.lowerBound == 0 || before.last.map { ("a"..."z").contains($0) } ?? false
  }

  /// Two characters that stand for one, with no other misread character beside them.
  private func isEvidentPair(
    _ first: Unicode.Scalar, _ second: Unicode.Scalar, _ meant: Unicode.Scalar, in line: [Unicode.Scalar]
  ) -> Bool {
    // Letters from Latin-1 ("Ã¶") are the usual case, and Â or Ã before a sign hardly occurs otherwise.
    if first == "Â" || first == "Ã" { return true }
    guard Self.isLikely(meant) else { return false }
    let before = range.lowerBound > 0 ? line[range.lowerBound - 1] : " "
    let after = range.upperBound < line.count ? line[range.upperBound] : " "
    // A capital inside a word of small letters, or a sign inside a word.
    return before.properties.isLowercase || after.properties.isLowercase || !Self.closesText(second)
  }

  /// Signs that follow a word in good text.
  private static func closesText(_ scalar: Unicode.Scalar) -> Bool {
    "\u{A0}…’‘”“»«›–—·™®©°ºª²³¹•".unicodeScalars.contains(scalar)
  }

  /// Characters that are common enough to be meant: European, Cyrillic, Hebrew and Arabic letters, typographic
  /// signs, the scripts of Asia, and emoji. Not: phonetic and rare Latin letters, combining marks alone, and
  /// characters that do not exist.
  private static func isLikely(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA0...0x17F, 0x218...0x21B, 0x386...0x3CE, 0x400...0x45F, 0x490...0x493: true
    case 0x5D0...0x5EA, 0x60C...0x669, 0x900...0xDFF, 0xE01...0xE5B: scalar.properties.generalCategory != .unassigned
    case 0x1E00...0x1EFF, 0x2000...0x2BFF, 0x3000...0x9FFF, 0xAC00...0xD7A3, 0xFB00...0xFB06, 0xFE0F, 0xFF00...0xFFEF,
      0xFEFF, 0xFFF9...0xFFFD, 0x1F000...0x1FAFF, 0x20000...0x2FFFF:
      scalar.properties.generalCategory != .unassigned
    default: false
    }
  }
}
