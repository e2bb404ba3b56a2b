import Terminal
import Testing

@Suite("Columns of text")
struct TextWidthTests {
  @Test(
    "of one cluster",
    arguments: [
      ("a", 1), ("é", 1), ("e\u{301}", 1), ("一", 2), ("か\u{3099}", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2),
      ("Ａ", 2), ("ｱ", 1), ("😀", 2), ("👩‍👩‍👧", 2), ("👍🏽", 2), ("❤️", 2), ("❤", 1), ("🇩🇪", 2), ("1️⃣", 2), ("☺", 1),
      ("\u{301}", 0), ("\u{200B}", 0), ("\t", 1), ("\u{1B}", 1), ("\u{85}", 1), ("█", 1), ("…", 1), ("⚄", 1), ("ไ", 1),
      ("\r\n", 1), ("─", 1), ("▟", 1), ("⣿", 1), ("鿿", 2), ("龥", 2), ("◾", 2), ("■", 1), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2), ("\u{10EEEE}", 1),
    ] as [(Character, Int)])
  func widths(character: Character, columns: Int) {
    #expect(TextWidth.of(character) == columns)
    #expect(TextWidth.of(String(character)) == columns)
  }

  @Test("fitting never splits a cluster")
  func fitting() {
    #expect(TextWidth.truncate("一个球", to: 5) == "一个…")
    #expect(TextWidth.truncate("一个球", to: 4) == "一…")
    #expect(TextWidth.truncate("一个球", to: 6) == "一个球")
    #expect(TextWidth.truncate("ball", to: 0) == "")
    #expect(TextWidth.truncate("👩‍👩‍👧👩‍👩‍👧", to: 3, ellipsis: false) == "👩‍👩‍👧")
    #expect(TextWidth.pad("球", to: 5, align: .right) == "   球")
    #expect(TextWidth.pad("球", to: 5, align: .centre) == " 球  ")
    #expect(TextWidth.pad("一个球", to: 4) == "一… ")
  }

  @Test("control characters can be seen")
  func control() {
    #expect(TextWidth.visible("\u{1B}") == "␛")
    #expect(TextWidth.visible("\u{7F}") == "␡")
    #expect(TextWidth.visible("\u{9B}") == "\u{FFFD}")
  }
}
