import Foundation

/// Single characters that are replaced or dropped before a prompt is tokenised. They are the common repairs of ftfy
/// (https://ftfy.readthedocs.io, "Fixers"), which the Wan pipelines apply.
enum CharacterRepairs {
  static func apply(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains(where: { $0.value < 0x20 || $0.value >= 0x7F }) else { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for scalar in text { append(scalar, to: &result) }
    return withoutControls(withoutTerminalEscapes(result))
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
    switch scalar.value {
    case 0..<0x80: result.append(scalar)
    case 0x80...0x9F: append(Windows1252.character(UInt8(scalar.value)), orIfSame: scalar, to: &result)
    case 0x2028, 0x2029: result.append("\n")
    case 0x02BC, 0x2018...0x201B: result.append("'")
    case 0x201C...0x201F: result.append("\"")
    case 0x3000: result.append(" ")
    case 0xFF01...0xFFEF: result += widths[scalar] ?? [scalar]
    default: result += ligatures[scalar] ?? [scalar]
    }
  }

  /// A control character of Latin-1 that is a letter or sign in Windows-1252 was meant as that; it goes through the
  /// repairs in turn.
  private static func append(
    _ character: Unicode.Scalar, orIfSame scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]
  ) {
    if character == scalar { result.append(scalar) } else { append(character, to: &result) }
  }

  /// Letters that are joined for looks or for old encodings, taken apart. æ and œ are letters and stay.
  private static let ligatures: [Unicode.Scalar: [Unicode.Scalar]] = [
    "Ĳ": ["I", "J"], "ĳ": ["i", "j"], "ŉ": ["'", "n"],
    "Ǳ": ["D", "Z"], "ǲ": ["D", "z"], "ǳ": ["d", "z"],
    "Ǆ": ["D", "Ž"], "ǅ": ["D", "ž"], "ǆ": ["d", "ž"],
    "Ǉ": ["L", "J"], "ǈ": ["L", "j"], "ǉ": ["l", "j"],
    "Ǌ": ["N", "J"], "ǋ": ["N", "j"], "ǌ": ["n", "j"],
    "ﬀ": ["f", "f"], "ﬁ": ["f", "i"], "ﬂ": ["f", "l"], "ﬃ": ["f", "f", "i"], "ﬄ": ["f", "f", "l"],
    "ﬅ": ["ſ", "t"], "ﬆ": ["s", "t"],
  ]

  /// Full-width letters and half-width katakana and hangul → their usual width.
  private static let widths: [Unicode.Scalar: [Unicode.Scalar]] = Dictionary(
    uniqueKeysWithValues: (UInt32(0xFF01)...0xFFEF).compactMap { code in
      guard let scalar = Unicode.Scalar(code) else { return nil }
      let usual = Array(String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
      return usual == [scalar] ? nil : (scalar, usual)
    })

  /// Drops sequences such as ESC [ 3 1 m, which colour text in a terminal.
  private static func withoutTerminalEscapes(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains("\u{1B}") else { return text }
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < text.count {
      if let end = terminalEscape(text, index) {
        index = end
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func terminalEscape(_ text: [Unicode.Scalar], _ start: Int) -> Int? {
    guard text[start] == "\u{1B}", start + 1 < text.count, text[start + 1] == "[" else { return nil }
    let last = text[(start + 2)...].firstIndex { !$0.isDigit && $0 != ";" }
    guard let last, text[last].isASCII, text[last].properties.isAlphabetic else { return nil }
    return last + 1
  }

  /// Line ends become one kind; control characters without any visible effect go.
  private static func withoutControls(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for (index, scalar) in text.enumerated() {
      switch scalar.value {
      case 0x0D:
        let isPair = index + 1 < text.count && text[index + 1] == "\n"
        if !isPair { result.append("\n") }
      case 0..<9, 0x0B, 0x0E..<0x20, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: break
      default: result.append(scalar)
      }
    }
    return result
  }
}
