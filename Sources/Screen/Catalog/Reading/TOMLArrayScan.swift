/// Finds what stops the parser's library: in an array, where a value or `]` belongs, a `}` or a line break that TOML does
/// not know (U+0085, U+2028, U+2029).
///
/// The library stops at its first mistake, so this follows strings and comments only as far as a text is right.
struct TOMLArrayScan {
  private let text: [Unicode.Scalar]
  private var place = 0
  private var line = 1

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// The first line with such a thing; nil if there is none.
  mutating func lineOfBadValue() -> Int? {
    var valueFollows = false
    while place < text.count {
      let scalar = text[place]
      switch scalar {
      case " ", "\t", "\r", "\n": advance()
      case "#": skipComment()
      case "\"", "'":
        skipString(scalar)
        valueFollows = false
      case "}", "\u{85}", "\u{2028}", "\u{2029}":
        if valueFollows { return line }
        advance()
      default:
        valueFollows = scalar == "[" || scalar == ","
        advance()
      }
    }
    return nil
  }

  private mutating func advance() {
    if text[place] == "\n" { line += 1 }
    place += 1
  }

  private mutating func skipComment() {
    while place < text.count, text[place] != "\n" { place += 1 }
  }

  /// How many of these marks stand here, five at most.
  private func marks(_ mark: Unicode.Scalar) -> Int { text[place...].prefix(5).prefix { $0 == mark }.count }

  private mutating func skipString(_ mark: Unicode.Scalar) {
    let isLong = marks(mark) >= 3
    place += isLong ? 3 : 1
    while place < text.count {
      let scalar = text[place]
      if scalar == mark, !isLong || marks(mark) >= 3 {
        place += isLong ? marks(mark) : 1
        return
      }
      if !isLong && scalar == "\n" { return }
      if scalar == "\\" && mark == "\"" && place + 1 < text.count { advance() }
      advance()
    }
  }
}
