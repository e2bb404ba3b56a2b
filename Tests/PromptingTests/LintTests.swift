import Testing

@testable import Prompting

/// Each rule: what it must find, and what it must leave alone, in both languages.
@Suite struct LintTests {
  /// A prompt without a hint; each case changes one thing.
  static func good(_ language: PromptLanguage) -> PromptSlots {
    switch language {
    case .en:
      PromptSlots(
        subject: "a red ball", action: "bounces", scene: "a grid room", style: "pixel art", camera: "static shot",
        negative: "blurry")
    case .zh:
      PromptSlots(
        subject: "红色的球", action: "弹跳", scene: "房间里", style: "像素风格", camera: "固定镜头", negative: "模糊")
    }
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var rule: Hint.Rule
    var slot: Slot
    var text: String
    /// The words that the hint points at; nil when there must be no hint.
    var finds: String?
    var testDescription: String { "\(rule) \(slot): \(text)" }

    init(_ rule: Hint.Rule, _ slot: Slot, _ text: String, finds: String? = nil) {
      self.rule = rule
      self.slot = slot
      self.text = text
      self.finds = finds
    }
  }

  static func hints(_ slot: Slot, _ text: String, _ clip: ClipContext = clip) -> [Hint] {
    let language = PromptLanguage.detect(text) ?? .en
    var slots = good(language)
    slots[slot] = text
    return Lints.check(slots, clip: clip, tokenCount: 20, language: language)
  }

  static let clip = ClipContext(frameCount: 17, framesPerSecond: 8)

  @Test(arguments: PromptLanguage.allCases) func aGoodPromptGetsNoHint(language: PromptLanguage) {
    #expect(Lints.check(Self.good(language), clip: Self.clip, tokenCount: 79, language: language) == [])
    #expect(Lints.check(PromptSlots(), clip: Self.clip, tokenCount: 1, language: language) == [])
  }

  @Test(arguments: found) func aMistakeIsFound(_ each: Case) throws {
    let hints = Self.hints(each.slot, each.text)
    let hint = try #require(hints.first { $0.rule == each.rule }, "\(hints.map(\.message.en))")
    let range = try #require(hint.range)
    #expect(each.text.characters(range) == each.finds)
  }

  @Test(arguments: found) func everyFixOfAMistakeMendsIt(_ each: Case) throws {
    let hint = try #require(Self.hints(each.slot, each.text).first { $0.rule == each.rule })
    for fix in hint.fixes {
      guard case .slots(let mended) = fix.change else { continue }
      let language = PromptLanguage.detect(each.text) ?? .en
      let after = Lints.check(mended, clip: Self.clip, tokenCount: 20, language: language)
      #expect(!after.contains(hint), "\(fix.label.en): \(mended[each.slot])")
    }
  }

  @Test(arguments: innocent) func noFalseAlarm(_ each: Case) {
    let hints = Self.hints(each.slot, each.text).filter { $0.rule == each.rule }
    #expect(hints.map(\.message.en) == [])
  }
}
