import Testing

@testable import Prompting

@Suite struct AdviceTests {
  private func check(
    _ slots: PromptSlots, tokens: Int? = 20, _ clip: ClipContext = LintTests.clip
  ) -> [Hint] {
    Lints.check(slots, clip: clip, tokenCount: tokens, language: PromptLanguage.detect(slots) ?? .en)
  }

  @Test(
    arguments: [
      (nil, nil), (79, nil), (80, .advice), (299, .advice), (300, .warning), (512, .warning), (513, .refusal),
    ] as [(Int?, Hint.Severity?)])
  func lengthIsJudgedByTokens(tokens: Int?, severity: Hint.Severity?) {
    let hints = check(LintTests.good(.en), tokens: tokens)
    #expect(hints.map(\.severity) == [severity].compactMap { $0 })
    #expect(hints.allSatisfy { $0.rule == .length })
  }

  @Test(arguments: PromptLanguage.allCases, Slot.positive)
  func aMissingSlotIsAskedForAndFilled(language: PromptLanguage, slot: Slot) throws {
    var slots = LintTests.good(language)
    slots[slot] = " \n"
    let hint = try #require(check(slots).first { $0.slots == [slot] })
    #expect(hint.rule == .missingSlot)
    guard case .slots(let filled) = try #require(hint.fixes.first).change else {
      Issue.record("a slot must be filled")
      return
    }
    #expect(!filled.isBlank(slot))
    #expect(!check(filled).contains { $0.rule == .missingSlot })
  }

  @Test func aMissingSlotIsFilledFromTheModelsExample() throws {
    var slots = LintTests.good(.en)
    slots[.camera] = ""
    var clip = LintTests.clip
    clip.example = PromptSlots(camera: "camera zooms in")
    let hint = try #require(check(slots, clip).first)
    #expect(hint.fixes.map(\.label.en) == ["put “camera zooms in”"])
    clip.example = PromptSlots(camera: "镜头推近")
    #expect(try #require(check(slots, clip).first).fixes.map(\.label.en) == ["put “static shot”"])
  }

  @Test func aDismissedHintIsKnownAgain() throws {
    let ids = [81, 95].map { check(LintTests.good(.en), tokens: $0).map(\.id) }
    #expect(ids[0] == ids[1] && ids[0].count == 1)
    #expect(check(LintTests.good(.en), tokens: 300).map(\.id) != ids[0])
    var slots = LintTests.good(.en)
    slots[.style] = "nostalgia, a glimmer of hope"
    let both = check(slots)
    #expect(both.count == 2 && Set(both.map(\.id)).count == 2)
  }

  @Test func anEmptyNegativeIsAdviceOnlyWhereItIsRead() {
    var slots = LintTests.good(.zh)
    slots[.negative] = ""
    #expect(check(slots).map(\.rule) == [.emptyNegative])
    #expect(check(slots, ClipContext(frameCount: 17, framesPerSecond: 8, usesNegative: false)) == [])
  }

  @Test func twoActionsOfferTheFirstOrMoreFrames() throws {
    var slots = LintTests.good(.en)
    slots[.action] = "bounces twice, then rolls to the left"
    let hint = try #require(check(slots).first)
    #expect(hint.message.en == "“bounces”, “rolls”: 2 actions one after the other in 2.1 s")
    #expect(hint.fixes.map(\.label.en) == ["keep the first", "make it 33 frames"])
    #expect(hint.fixes.last?.change == .frameCount(33))
    slots[.action] = "bounces twice"
    #expect(hint.fixes.first?.change == .slots(slots))
  }

  @Test func moreFramesAreOfferedOnlyUpToTheLongestClip() throws {
    var slots = LintTests.good(.en)
    slots[.action] = "rises, then falls, then spins"
    let short = ClipContext(frameCount: 17, framesPerSecond: 16, longestFrameCount: 81)
    #expect(try #require(check(slots, short).first).fixes.map(\.label.en) == ["keep the first"])
    let long = ClipContext(frameCount: 97, framesPerSecond: 16)
    #expect(check(slots, long) == [])
  }

  @Test func fixesOfAContradictionKeepOneOrTheOther() throws {
    var slots = LintTests.good(.en)
    slots[.camera] = "close-up, static shot and slow pan to the left"
    let hint = try #require(check(slots).first)
    let cameras = hint.fixes.map { fix in
      if case .slots(let slots) = fix.change { slots[.camera] } else { "" }
    }
    #expect(cameras == ["close-up, static shot", "close-up, slow pan to the left"])
  }

  @Test func aContradictionIsFoundAcrossSlots() throws {
    var slots = LintTests.good(.en)
    slots[.scene] = "a street at night"
    slots[.style] = "bright sunlight, film grain"
    let hint = try #require(check(slots).first)
    #expect(hint.slots == [.style, .scene])
    let mended: [String] = hint.fixes.map { fix in
      if case .slots(let slots) = fix.change { slots[.scene] + " | " + slots[.style] } else { "" }
    }
    #expect(mended == ["a street at night | film grain", "a street | bright sunlight, film grain"])
  }

  @Test func theJointGoesWithTheWords() throws {
    var slots = LintTests.good(.en)
    slots[.scene] = "a busy but abandoned street"
    let scenes = try #require(check(slots).first).fixes.map { fix in
      if case .slots(let slots) = fix.change { slots[.scene] } else { "" }
    }
    #expect(scenes == ["a busy street", "an abandoned street"])
  }

  @Test func tangledWordsAreTranslatedWhereTheyAreKnown() throws {
    var slots = LintTests.good(.zh)
    slots[.subject] = "一个 red ball"
    let hint = try #require(check(slots).first)
    #expect(hint.fixes.map(\.label.zh) == ["改写为“一个红色的球”"])
    slots[.subject] = "一只坐着的 quokka 小动物"
    #expect(try #require(check(slots).first).fixes.map(\.label.zh) == ["改写为“一只坐着的小动物”"])
    // Without the word, nothing would be left to see.
    slots[.subject] = "一个 quokka"
    #expect(try #require(check(slots).first).fixes == [])
  }

  @Test func theMostSeriousComesFirst() {
    var slots = LintTests.good(.en)
    slots[.style] = ""
    slots[.camera] = "static shot, pan left"
    #expect(check(slots, tokens: 600).map(\.severity) == [.refusal, .warning, .advice])
  }

  @Test func everyRuleSpeaksForItself() {
    #expect(Set(Lints.rules.map(\.rule)) == Set(Hint.Rule.allCases))
    #expect(Lints.rules.count == Hint.Rule.allCases.count)
  }
}
