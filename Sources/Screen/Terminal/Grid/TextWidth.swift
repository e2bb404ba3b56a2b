/// How many columns text takes on a terminal.
///
///     TextWidth.of("一个球")                // 6
///     TextWidth.of("👩‍🚀" as Character)      // 2
///     TextWidth.truncate("一个球", to: 5)    // "一个…"
///     TextWidth.pad("σ", to: 4)             // "σ   "
public enum TextWidth {
  public static func of(_ text: some StringProtocol) -> Int {
    // Plain ASCII is most of what is drawn, and needs no look at clusters.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// 1 or 2 for what is drawn, 0 for a mark with nothing to stand on. Control characters count as what
  /// ``visible(_:)`` shows for them.
  public static func of(_ character: Character) -> Int {
    if character.isASCII { return 1 }
    let scalars = character.unicodeScalars
    if isEmojiCluster(scalars) { return 2 }
    return min(2, scalars.reduce(0) { $0 + of($1) })
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    if isControl(scalar) { return 1 }
    if scalar.value < 0x300 { return scalar.value == 0xAD ? 0 : 1 }
    // Lines, blocks and dots, and the bulk of Chinese, need no look at tables.
    if (0x2500..<0x25A0).contains(scalar.value) || (0x2800..<0x2900).contains(scalar.value) { return 1 }
    if (0x4E00..<0xA000).contains(scalar.value) { return 2 }
    if isMark(scalar) { return 0 }
    return WideRanges.contain(scalar) || scalar.properties.isEmojiPresentation && !isRegional(scalar) ? 2 : 1
  }

  /// What a cell shows for a character: itself, or a picture of a control character.
  public static func visible(_ character: Character) -> Character {
    guard let scalar = character.unicodeScalars.first, isControl(scalar) else { return character }
    switch scalar.value {
    case ..<0x20: return Unicode.Scalar(0x2400 + scalar.value).map(Character.init) ?? "\u{FFFD}"
    case 0x7F: return "\u{2421}"
    default: return "\u{FFFD}"
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }

  /// Keycaps, flags, ZWJ sequences and anything that asks for emoji presentation are one picture of two columns.
  private static func isEmojiCluster(_ scalars: String.UnicodeScalarView) -> Bool {
    guard let first = scalars.first, scalars.count > 1 else { return false }
    if isRegional(first) { return scalars.dropFirst().first.map(isRegional) ?? false }
    guard first.properties.isEmoji else { return false }
    return scalars.dropFirst().contains { scalar in
      scalar.value == 0xFE0F || scalar.value == 0x20E3 || scalar.properties.isEmojiModifier
        || scalar.properties.isEmojiPresentation
    }
  }

  private static func isRegional(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    // Hangul vowels and final consonants join the syllable before them.
    if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FB).contains(scalar.value) { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}

// Fitting text into columns; a wide character is never split.
extension TextWidth {
  /// The longest beginning that fits, with "…" as its last column if something was cut.
  public static func truncate(_ text: String, to columns: Int, ellipsis: Bool = true) -> String {
    guard of(text) > columns else { return text }
    guard columns > 0 else { return "" }
    let room = ellipsis ? columns - 1 : columns
    return String(prefix(text, room)) + (ellipsis ? "…" : "")
  }

  /// The longest beginning that fits.
  public static func prefix<Text: StringProtocol>(_ text: Text, _ columns: Int) -> Text.SubSequence {
    var used = 0
    return text.prefix {
      used += of($0)
      return used <= columns
    }
  }

  public enum Alignment: Sendable { case left, right, centre }

  /// Exactly so many columns: truncated, or filled with spaces.
  public static func pad(_ text: String, to columns: Int, align: Alignment = .left, ellipsis: Bool = true) -> String {
    let text = truncate(text, to: columns, ellipsis: ellipsis)
    let gap = max(0, columns - of(text))
    let left =
      switch align {
      case .left: 0
      case .right: gap
      case .centre: gap / 2
      }
    return String(repeating: " ", count: left) + text + String(repeating: " ", count: gap - left)
  }
}
