import Testing

@testable import Prompting

/// Whatever is typed: nothing traps, nothing is lost, every range lies in its text and every fix leaves a prompt.
@Suite struct RandomTextTests {
  private static let pieces = [
    "a red ball", "bounces", "then", "and", "在", "房间里", "上", "的", "，", ", ", ".", "。", " ", "\n", "\r\n", "static shot",
    "pan left", "night", "白天", "然后", "👩‍👩‍👧", "e\u{301}", "\u{FEFF}", "\u{0}", "İ", "ﬁ", "“", "”", "\"", "twelve", "12",
    "一只", "十二只",
    "loneliness", "乡愁", "symbolizing", "象征着", "of", "close-up", "the the", "红红", "3D渲染", "-", "'", "正在", "先", "never",
    "不",
  ]

  private static func text(_ generator: inout SystemRandomNumberGenerator) -> String {
    (0..<Int.random(in: 0...12, using: &generator)).map { _ in
      (pieces.randomElement(using: &generator) ?? "") + (Bool.random(using: &generator) ? " " : "")
    }.joined()
  }

  @Test func hintsPointIntoTheTextAndFixesAreGivenForThePromptThatIs() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<150 {
      var slots = PromptSlots()
      for slot in Slot.allCases { slots[slot] = Self.text(&generator) }
      let language: PromptLanguage = Bool.random(using: &generator) ? .en : .zh
      for hint in Lints.check(slots, clip: LintTests.clip, tokenCount: 90, language: language) {
        if let range = hint.range, let slot = hint.slots.first {
          #expect(range.upperBound <= slots[slot].count && !range.isEmpty, "\(hint) \(slots)")
        }
        for case .slots(let changed) in hint.fixes.map(\.change) {
          #expect(changed != slots, "\(hint) \(slots)")
          #expect(!changed.isBlank, "\(hint) \(slots)")
        }
      }
    }
  }

  /// But the "of" of "close-up of a fox".
  @Test func splittingLosesNoWord() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let text = Self.text(&generator).replacing("of", with: "")
      let slots = PromptSplitter.split(text)
      let letters = { (text: String) in text.filter { $0.isLetter || $0.isNumber }.sorted() }
      #expect(letters(Slot.allCases.map { slots[$0] }.joined()) == letters(text), "\(text) → \(slots)")
    }
  }

  @Test func composingAndCompletingNeverFail() {
    var generator = SystemRandomNumberGenerator()
    let words = WordList(id: "w", slot: .scene, title: Bilingual("", ""), words: [Bilingual("e\u{301}a", "在房间里")])
    let completion = Completion(vocabulary: Vocabulary(lists: [words]))
    for _ in 0..<200 {
      let text = Self.text(&generator)
      let slots = PromptSlots(subject: text, action: Self.text(&generator), scene: Self.text(&generator))
      for language in PromptLanguage.allCases {
        #expect(PromptComposer.compose(slots, language).contains { $0 == "\n" } == false)
        for cursor in [0, text.count / 2, text.count] {
          if let ghost = completion.suggest(.scene, text: text, cursor: cursor, language) { #expect(!ghost.isEmpty) }
        }
      }
    }
  }
}
