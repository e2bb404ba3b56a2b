/// The ASCII character that stands for another where nothing else can be shown.
enum ASCIIForm {
  static func of(_ character: Character) -> Unicode.Scalar {
    if let ascii = character.asciiValue { return Unicode.Scalar(ascii) }
    if let known = table[character] { return known }
    // A letter with marks is its letter.
    let base = character.unicodeScalars.first?.properties.canonicalBase
    return base ?? "?"
  }

  private static let table: [Character: Unicode.Scalar] = {
    let groups: [(String, Unicode.Scalar)] = [
      ("─━┄┅┈┉╌╍═–—‐‑−", "-"), ("│┃┆┇┊┋╎╏║▏▎▕", "|"), ("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬", "+"),
      ("█▉▊▋▇▆▅", "#"), ("▌▐▄▀▓▍", "="), ("▒▃▂", ":"), ("░▁·•∙…", "."), ("✓✔√", "v"), ("✗✘×✕", "x"),
      ("▶►▸❯›→", ">"), ("◀◄◂❮‹←", "<"), ("↑▲▴", "^"), ("↓▼▾", "v"), ("●◉◆■★♥", "*"), ("○◯◇□☆♡", "o"),
      ("⏸", "="), ("⚠", "!"), ("“”„″", "\""), ("‘’‚′", "'"), ("≈", "~"), ("⚄⚅⚀⚁⚂⚃", "#"), ("σ", "s"), ("\u{A0}", " "),
    ]
    return Dictionary(
      groups.flatMap { group in group.0.map { ($0, group.1) } }, uniquingKeysWith: { first, _ in first })
  }()
}

extension Unicode.Scalar.Properties {
  /// "e" for "é"; nil if there is no ASCII letter below the marks.
  fileprivate var canonicalBase: Unicode.Scalar? {
    guard let name, name.hasPrefix("LATIN "), let letter = name.wordAfterLetter else { return nil }
    return name.hasPrefix("LATIN SMALL") ? Unicode.Scalar(letter.lowercased()) : Unicode.Scalar(letter)
  }
}

extension String {
  /// "LATIN SMALL LETTER E WITH ACUTE" → "E"
  fileprivate var wordAfterLetter: String? {
    let words = split(separator: " ")
    guard let at = words.firstIndex(of: "LETTER"), at + 1 < words.count, words[at + 1].count == 1 else { return nil }
    return String(words[at + 1])
  }
}
