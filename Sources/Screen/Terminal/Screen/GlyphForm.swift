import CNCurses

/// How a cluster goes through curses: as pieces of one spacing character and its marks, which together take exactly
/// the columns of its cell on every terminal.
///
/// Terminals disagree about emoji sequences, so their first picture stands for them; a flag is its two letters. The
/// grid keeps what was typed.
struct GlyphForm {
  typealias Piece = [wchar_t]

  let isUnicode: Bool
  private var known: [String: [Piece]] = [:]

  init(isUnicode: Bool) { self.isUnicode = isUnicode }

  mutating func pieces(of text: String) -> [Piece] {
    if let known = known[text] { return known }
    let columns = max(1, TextWidth.of(text))
    let pieces = isUnicode ? unicode(text, columns: columns) : ascii(text, columns: columns)
    if known.count > 4096 { known = [:] }
    known[text] = pieces
    return pieces
  }

  private func unicode(_ text: String, columns: Int) -> [Piece] {
    var pieces: [Piece] = []
    var used = 0
    for scalar in text.unicodeScalars {
      let scalar = Self.letter(ofFlag: scalar) ?? scalar
      let width = Int(cn_width(scalar.value))
      if width > 0, used + width <= columns {
        pieces.append([Self.wide(scalar)])
        used += width
      } else if width == 0, Self.isVisibleMark(scalar), let last = pieces.indices.last, pieces[last].count < 5 {
        pieces[last].append(Self.wide(scalar))
      } else if width < 0, pieces.isEmpty {
        pieces.append([0xFFFD])
        used += 1
      }
    }
    return pieces + Array(repeating: [0x20], count: columns - used)
  }

  private func ascii(_ text: String, columns: Int) -> [Piece] {
    let form = ASCIIForm.of(text.first ?? " ")
    return [[Self.wide(form)]] + Array(repeating: [form == "?" ? 0x3F : 0x20], count: columns - 1)
  }

  private static func wide(_ scalar: Unicode.Scalar) -> wchar_t { wchar_t(bitPattern: scalar.value) }

  private static func letter(ofFlag scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard (0x1F1E6...0x1F1FF).contains(scalar.value) else { return nil }
    return Unicode.Scalar(scalar.value - 0x1F1E6 + 0x41)
  }

  private static func isVisibleMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory != .format && !scalar.properties.isDefaultIgnorableCodePoint
  }
}
