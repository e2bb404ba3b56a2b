import Testing

@testable import Studio

struct EditorTests {
  private func editor(_ text: String, _ actions: EditAction...) -> TextEditor {
    var (editor, killed) = (TextEditor(text), KillBuffer())
    for action in actions { editor.apply(action, &killed) }
    return editor
  }

  @Test func typingIsUndoneWordByWord() {
    let typed: [EditAction] = "a red ball".map { .insert(String($0)) }
    var (editor, killed) = (TextEditor(), KillBuffer())
    for action in typed { editor.apply(action, &killed) }
    editor.apply(.undo, &killed)
    #expect(editor.text == "a red ")
    editor.apply(.undo, &killed)
    editor.apply(.redo, &killed)
    #expect(editor.text == "a red ")
  }

  @Test func killsInARowCollectAndYankAnywhere() {
    var (editor, killed) = (TextEditor("one two three"), KillBuffer())
    editor.apply(.kill(.wordLeft), &killed)
    editor.apply(.kill(.wordLeft), &killed)
    #expect(editor.text == "one ")
    var other = TextEditor()
    other.apply(.yank, &killed)
    #expect(other.text == "two three")
  }

  @Test func chineseWordsPartAfterParticles() {
    var (editor, killed) = (TextEditor("红色的球在房间里弹跳 now"), KillBuffer())
    editor.apply(.move(.textStart, selecting: false), &killed)
    var stops: [Int] = []
    while editor.cursor < editor.characters.count {
      editor.apply(.move(.wordRight, selecting: false), &killed)
      stops.append(editor.cursor)
    }
    #expect(stops == [3, 5, 8, 10, 14])
  }

  @Test func aFamilyIsOneStepAndOneDeletion() {
    #expect(editor("x👩‍👩‍👧", .delete(.left)).text == "x")
    #expect(editor("x👩‍👩‍👧y", .move(.left, selecting: false), .move(.left, selecting: false)).cursor == 1)
  }

  @Test func bytesStayAsTyped() {
    let decomposed = "e\u{301}"
    #expect(Array(editor("", .insert(decomposed)).text.utf8) == Array(decomposed.utf8))
    #expect(Array(editor("é", .replaceAll(decomposed)).text.utf8) == Array(decomposed.utf8))
  }

  @Test func pastedLineEndsAreLineEnds() {
    #expect(editor("", .paste("a\r\nb\rc\u{1B}[31m\td")).text == "a\nb\nc[31m d")
  }

  @Test func aSelectionIsReplacedByTyping() {
    #expect(editor("abc", .selectAll, .insert("z")).text == "z")
    #expect(editor("abc", .move(.left, selecting: true)).selectedText == "c")
  }

  @Test func whatIsReplacedByItselfIsSelectedNoMore() {
    #expect(editor("4", .selectAll, .insert("4"), .insert("."), .insert("5")).text == "4.5")
    let pasted = editor("a ball", .selectAll, .paste("a ball"))
    #expect(pasted.selection == nil && pasted.cursor == 6 && !pasted.history.canUndo)
    #expect(editor("ab", .move(.left, selecting: true), .insert("b"), .insert("c")).text == "abc")
  }

  @Test func longLinesWrapAtSpacesAndIdeographs() {
    let layout = EditorLayout(TextEditor("a red ball 红色的球"), width: 9, height: 9, wraps: true, measure: measure)
    #expect(layout.rows.map { $0.range.count } == [6, 6, 3])
    #expect(layout.cursor == .init(column: 6, row: 2))
  }

  @Test func aLongLineScrollsSidewaysToItsCursor() {
    let layout = EditorLayout(
      TextEditor(String(repeating: "x", count: 50)), width: 10, height: 1, wraps: false, measure: measure)
    #expect(layout.firstColumn > 40)
    #expect((0..<10).contains(layout.cursor.column))
  }

  @Test func rowsAreWalkedAsShownAndTheColumnIsKept() {
    var editor = TextEditor("abcdef\nx\nabcdef")
    let up: (inout TextEditor) -> Bool = { editor in
      editor.moveRows(-1, in: EditorLayout(editor, width: 20, height: 5, wraps: true, measure: measure))
    }
    #expect(up(&editor) && editor.cursor == 8)
    #expect(up(&editor) && editor.cursor == 6)
    #expect(!up(&editor))
  }

  @Test(arguments: 0..<30)
  func theCursorIsAlwaysInTheBox(seed: Int) {
    var (dice, killed) = (Dice(UInt64(seed) + 9), KillBuffer())
    var editor = TextEditor("红色 a👩‍👩‍👧b\nsecond line that is long\n\n末")
    for _ in 0..<60 {
      editor.apply(.move([.left, .right, .wordLeft, .wordRight, .lineEnd][dice.roll(5)], selecting: false), &killed)
      let (width, height) = (3 + dice.roll(20), 1 + dice.roll(4))
      let layout = EditorLayout(editor, width: width, height: height, wraps: dice.roll(2) == 0, measure: measure)
      #expect((0..<width).contains(layout.cursor.column))
      #expect((0..<height).contains(layout.cursor.row))
      #expect(layout.visible.count <= height)
    }
  }
}

/// Two cells for what East Asia writes wide and for emoji, one for the rest.
private func measure(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  return scalar.value >= 0x1100 && (scalar.properties.isIdeographic || scalar.value > 0x1F000) ? 2 : 1
}
