/// A text being edited: graphemes, a cursor, a selection, and every step back.
///
///     var editor = TextEditor("a red ball")
///     var killed = KillBuffer()
///     editor.apply(.move(.wordLeft, selecting: false), &killed)
///     editor.apply(.insert("small "), &killed)
///     editor.text    // "a red small ball"
///
/// Positions count graphemes, as a person does. The text is stored as it was typed, scalar by scalar.
public struct TextEditor: Hashable, Sendable {
  public private(set) var characters: [Character]
  /// Before which grapheme the cursor stands.
  public private(set) var cursor: Int
  /// Where the selection began; nil without one.
  public private(set) var anchor: Int?
  /// The column that moving up and down aims at, in cells.
  var goalColumn: Int?
  var history = EditHistory()

  public init(_ text: String = "") {
    characters = Array(Self.plainLines(text))
    cursor = characters.count
  }

  public var text: String { String(characters) }
  public var isEmpty: Bool { characters.isEmpty }

  /// The selected graphemes; nil when nothing is selected.
  public var selection: Range<Int>? {
    guard let anchor, anchor != cursor else { return nil }
    return min(anchor, cursor)..<max(anchor, cursor)
  }

  public var selectedText: String? { selection.map { String(characters[$0]) } }

  /// Line ends as `\n`: terminals and clipboards send `\r` and `\r\n` too. Other controls are dropped, a tab is a space.
  static func plainLines(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      switch scalar {
      case "\r": result.append("\n")
      case "\n": if previous != "\r" { result.append("\n") }
      case "\t": result.append(" ")
      default: if !Self.isControl(scalar) { result.append(scalar) }
      }
    }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}

// Changes of state that the rest of the editor is written in.
extension TextEditor {
  /// Puts the cursor somewhere, dropping or extending the selection.
  mutating func place(_ position: Int, selecting: Bool) {
    if selecting { anchor = anchor ?? cursor } else { anchor = nil }
    cursor = max(0, min(characters.count, position))
  }

  /// Replaces a range; the cursor ends after what was inserted.
  ///
  /// Graphemes may join across the seams (a combining mark after a letter, half a flag), so the lines that the
  /// range touches are parted anew.
  mutating func replace(_ range: Range<Int>, with inserted: String, as kind: EditKind) {
    let lines = lineStart(of: range.lowerBound)..<lineEnd(of: range.upperBound)
    var text = String(characters[lines.lowerBound..<range.lowerBound]) + inserted
    let cursorScalars = text.unicodeScalars.count
    text += String(characters[range.upperBound..<lines.upperBound])
    let parted = Array(text)
    let edit = Edit(
      start: lines.lowerBound, old: Array(characters[lines]), new: parted, before: (cursor, anchor),
      cursorAfter: lines.lowerBound + Self.graphemes(in: parted, coveringScalars: cursorScalars))
    guard edit.old != edit.new || !Self.sameBytes(edit.old, edit.new) else {
      // What was replaced by itself is no step of undo, but the cursor stands behind it and nothing is selected.
      (cursor, anchor) = (edit.cursorAfter, nil)
      return
    }
    history.record(edit.trimmed(), kind: kind, inserted: inserted)
    perform(edit)
  }

  mutating func perform(_ edit: Edit) {
    characters.replaceSubrange(edit.start..<edit.start + edit.old.count, with: edit.new)
    (cursor, anchor) = (edit.cursorAfter, nil)
  }

  mutating func revert(_ edit: Edit) {
    characters.replaceSubrange(edit.start..<edit.start + edit.new.count, with: edit.old)
    (cursor, anchor) = (edit.cursorBefore, edit.anchorBefore)
  }

  /// Characters compare by meaning ("é" composed or not); an editor minds the bytes.
  private static func sameBytes(_ a: [Character], _ b: [Character]) -> Bool {
    String(a).unicodeScalars.elementsEqual(String(b).unicodeScalars)
  }

  private static func graphemes(in characters: [Character], coveringScalars count: Int) -> Int {
    var covered = 0
    for (index, character) in characters.enumerated() {
      if covered >= count { return index }
      covered += character.unicodeScalars.count
    }
    return characters.count
  }

  func lineStart(of position: Int) -> Int {
    (characters[..<position].lastIndex(of: "\n") ?? -1) + 1
  }

  func lineEnd(of position: Int) -> Int {
    characters[position...].firstIndex(of: "\n") ?? characters.count
  }
}
