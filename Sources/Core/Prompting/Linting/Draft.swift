/// What a rule looks at.
struct Draft {
  let slots: PromptSlots
  let clip: ClipContext
  /// With the end-of-sequence token; nil while the tokenizer has not answered.
  let tokenCount: Int?
  let language: PromptLanguage
  private let readings: [Slot: Reading]

  init(slots: PromptSlots, clip: ClipContext, tokenCount: Int?, language: PromptLanguage) {
    self.slots = slots
    self.clip = clip
    self.tokenCount = tokenCount
    self.language = language
    readings = Dictionary(uniqueKeysWithValues: Slot.positive.map { ($0, Reading(slots[$0])) })
  }

  func reading(_ slot: Slot) -> Reading { readings[slot] ?? Reading(slots[slot]) }

  /// Every place where one of the phrases stands in one of the slots.
  func places(of phrases: Phrases, in slots: [Slot] = Slot.positive) -> [Place] {
    slots.flatMap { slot in
      phrases.ranges(in: reading(slot)).map {
        Place(slot: slot, range: $0, words: self.slots[slot].characters($0))
      }
    }
  }

  /// The slots with one of them rewritten.
  func with(_ slot: Slot, _ text: String) -> PromptSlots {
    var slots = slots
    slots[slot] = text
    return slots
  }

  /// What a fix puts into a missing slot: the example's text where it is in the prompt's language.
  func answer(_ slot: Slot, or standard: Bilingual) -> String {
    let known = clip.example[slot]
    return PromptLanguage.detect(known) == language ? known : standard[language]
  }

  /// The clause of its slot that a place stands in.
  func clause(of place: Place) -> Clause {
    let text = slots[place.slot]
    return Clause.clauses(of: text).first { $0.range.overlaps(place.range) }
      ?? Clause(text: text, range: 0..<text.count)
  }
}

/// Words found in a slot.
struct Place: Hashable {
  var slot: Slot
  var range: Range<Int>
  var words: String
}
