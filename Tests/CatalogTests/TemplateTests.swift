import Prompting
import Testing

@testable import Catalog

/// The templates are the lints' proof of precision: good prompts get no advice.
@Suite struct TemplateTests {
  static let catalog = Catalog.load(userFolder: nil)

  @Test func thereAreEnoughInBothLanguages() {
    #expect(Self.catalog.problems == [])
    for language in PromptLanguage.allCases {
      #expect(Self.catalog.templates.count { $0.isWritten(in: language) } >= 40)
    }
    #expect(Self.catalog.templates.count { $0.model == "wan-nano" } >= 10)
    #expect(Set(Self.catalog.templates.map(\.id)).count == Self.catalog.templates.count)
  }

  @Test(arguments: catalog.templates, PromptLanguage.allCases)
  func noTemplateGetsAHint(template: Template, language: PromptLanguage) {
    let isNano = template.model == "wan-nano"
    let clip =
      isNano
      ? ClipContext(frameCount: 17, framesPerSecond: 8, usesNegative: false)
      : ClipContext(frameCount: 81, framesPerSecond: 16)
    let slots = template.slots(language)
    let hints = Lints.check(slots, clip: clip, tokenCount: nil, language: language)
    #expect(hints.map(\.message.en) == [], "\(template.id)")
    #expect(PromptLanguage.detect(slots) == language, "\(template.id)")
  }

  @Test(arguments: catalog.templates, PromptLanguage.allCases)
  func aComposedTemplateSplitsWithoutLoss(template: Template, language: PromptLanguage) {
    let text = PromptComposer.compose(template.slots(language), language)
    let again = PromptSplitter.split(text)
    let letters = { (text: String) in text.lowercased().filter { $0.isLetter || $0.isNumber }.sorted() }
    let parts = Slot.positive.map { again[$0] }.joined()
    #expect(letters(parts) == letters(text), "\(template.id)")
  }

  /// So that a prompt from the history mostly comes back as slots.
  @Test func mostComposedTemplatesComeApartInTheSamePlaces() {
    let texts = PromptLanguage.allCases.flatMap { language in
      Self.catalog.templates.map { PromptComposer.compose($0.slots(language), language) }
    }
    let again = texts.count { text in
      let slots = PromptSplitter.split(text)
      return PromptComposer.compose(slots, PromptLanguage.detect(slots) ?? .en) == text
    }
    #expect(Double(again) >= 0.95 * Double(texts.count))
  }

  @Test func wordsAreThereForEverySlotInBothLanguages() {
    for slot in Slot.allCases {
      for language in PromptLanguage.allCases {
        #expect(Self.catalog.vocabulary.phrases(for: slot, language).count >= 8, "\(slot) \(language)")
      }
    }
  }

  @Test func noWordIsMissingOrInTheWrongLanguage() {
    for list in Self.catalog.vocabulary.lists {
      for word in list.words {
        #expect(PromptLanguage.detect(word.en) == .en, "\(list.id): \(word.en)")
        #expect(PromptLanguage.detect(word.zh) == .zh, "\(list.id): \(word.zh)")
      }
    }
  }
}
