import Testing

@testable import Studio

/// The editor against a model that is too simple to be wrong: a String, a cursor in graphemes, and whole copies
/// for undo.
struct EditorModelTests {
  @Test(arguments: 0..<60)
  func randomEditsAgreeWithTheModel(seed: Int) {
    var random = Dice(UInt64(seed) &* 7_919 &+ 1)
    var (editor, killed, model) = (TextEditor(), KillBuffer(), Model())
    for step in 0..<120 {
      let action = Self.action(&random)
      editor.apply(action, &killed)
      model.apply(action, killed.text)
      let note = "seed \(seed), step \(step): \(action)"
      #expect(Array(editor.text.utf8) == Array(model.text.utf8), "\(note)")
      #expect(editor.cursor == model.cursor, "\(note)")
      #expect(editor.characters == Array(editor.text), "graphemes are parted as the text is; \(note)")
      if Array(editor.text.utf8) != Array(model.text.utf8) || editor.cursor != model.cursor { return }
    }
  }

  @Test(arguments: 0..<20)
  func undoingEverythingAndRedoingItComesBack(seed: Int) {
    var random = Dice(UInt64(seed) &+ 500)
    var (editor, killed) = (TextEditor("start 星"), KillBuffer())
    for _ in 0..<80 { editor.apply(Self.action(&random, withUndo: false), &killed) }
    let end = Array(editor.text.utf8)
    while editor.history.canUndo { editor.apply(.undo, &killed) }
    #expect(editor.text == "start 星")
    while editor.history.canRedo { editor.apply(.redo, &killed) }
    #expect(Array(editor.text.utf8) == end)
  }

  private static let pieces = [
    "a", "b", " ", "红", "色的", "\n", "é", "e\u{301}", "\u{301}", "👩‍👩‍👧", "🇩🇪", "🇩", "\u{200D}", "ﷺ", "各", "가", "\u{1112}",
    "x y",
  ]

  private static func action(_ random: inout Dice, withUndo: Bool = true) -> EditAction {
    let motions: [Motion] = [.left, .right, .wordLeft, .wordRight, .lineStart, .lineEnd, .textStart, .textEnd]
    let motion = motions[random.roll(motions.count)]
    switch random.roll(withUndo ? 13 : 11) {
    case 0...3: return .insert(pieces[random.roll(pieces.count)])
    case 4: return .paste("p\(pieces[random.roll(pieces.count)])q")
    case 5, 6: return .move(motion, selecting: false)
    case 7: return .move(motion, selecting: true)
    case 8: return .delete([.left, .right, .wordLeft, .wordRight][random.roll(4)])
    case 9: return .kill(motion)
    case 10: return .yank
    case 11: return .undo
    default: return .redo
    }
  }
}

/// Only what an editor must keep: no grouping inside a step is modelled, so typing is closed by copying the rules of
/// the history in their plainest form.
private struct Model {
  struct Copy { var text: String, cursor: Int, anchor: Int? }
  var text = ""
  var cursor = 0
  var anchor: Int?
  /// The states before each step, and the cursor that the step left.
  private var done: [(before: Copy, cursorAfter: Int)] = []
  private var undone: [(after: Copy, before: Copy)] = []
  private var group: (kind: EditKind, endsInSpace: Bool)?

  mutating func apply(_ action: EditAction, _ killed: String) {
    switch action {
    case .insert(let new): edit(.typing, selected ?? cursor..<cursor, new)
    case .paste(let new): edit(.other, selected ?? cursor..<cursor, new)
    case .yank: edit(.other, selected ?? cursor..<cursor, killed)
    case .move(let motion, let selecting): move(motion, selecting)
    case .delete(let motion): edit(.deleting, selected ?? span(target(motion)), "")
    case .kill(let motion):
      let end = target(motion)
      edit(.other, span(motion == .lineEnd && end == cursor ? target(.right) : end), "")
    case .undo: undo()
    case .redo: redo()
    case .cut, .selectAll, .replaceAll: break
    }
  }

  private var selected: Range<Int>? { anchor.flatMap { $0 == cursor ? nil : span($0) } }
  private func span(_ other: Int) -> Range<Int> { min(cursor, other)..<max(cursor, other) }

  private func target(_ motion: Motion) -> Int {
    var editor = TextEditor(text)
    editor.place(cursor, selecting: false)
    return editor.target(of: motion)
  }

  private mutating func move(_ motion: Motion, _ selecting: Bool) {
    group = nil
    if !selecting, let selected, motion == .left || motion == .right {
      (cursor, anchor) = (motion == .left ? selected.lowerBound : selected.upperBound, nil)
      return
    }
    anchor = selecting ? anchor ?? cursor : nil
    cursor = target(motion)
  }

  private mutating func edit(_ kind: EditKind, _ range: Range<Int>, _ new: String) {
    let start = text.index(text.startIndex, offsetBy: range.lowerBound)
    let end = text.index(text.startIndex, offsetBy: range.upperBound)
    var result = String(text[..<start]).unicodeScalars
    result.append(contentsOf: new.unicodeScalars)
    let scalars = result.count
    result.append(contentsOf: text[end...].unicodeScalars)
    var covered = 0
    let after = String(result).prefix { character in
      defer { covered += character.unicodeScalars.count }
      return covered < scalars
    }.count
    defer { (cursor, anchor) = (after, nil) }
    guard !result.elementsEqual(text.unicodeScalars) else { return }
    let joins =
      kind != .other && group?.kind == kind
      && !(kind == .typing && group?.endsInSpace == true && new.first?.isWhitespace == false)
    if !joins { done.append((Copy(text: text, cursor: cursor, anchor: anchor), 0)) }
    undone = []
    group = kind == .other ? nil : (kind, new.last?.isWhitespace ?? false)
    text = String(result)
    done[done.count - 1].cursorAfter = after
  }

  private mutating func undo() {
    group = nil
    guard let (before, cursorAfter) = done.popLast() else { return }
    undone.append((Copy(text: text, cursor: cursorAfter, anchor: nil), before))
    restore(before)
  }

  private mutating func redo() {
    group = nil
    guard let (after, before) = undone.popLast() else { return }
    done.append((before, after.cursor))
    restore(after)
  }

  private mutating func restore(_ copy: Copy) {
    (text, cursor, anchor) = (copy.text, copy.cursor, copy.anchor)
  }
}

/// A small generator with a seed, so that a failure can be seen again.
struct Dice {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func roll(_ sides: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 11) % sides
  }
}
