/// What a rule looks at.
struct Draft {
  var slots: PromptSlots
  var clip: ClipContext
  /// With the end-of-sequence token; nil while the tokenizer has not answered.
  var tokenCount: Int?
  var language: PromptLanguage

  /// Every place where one of the phrases stands in one of the slots.
  func places(of phrases: Phrases, in slots: [Slot] = Slot.positive) -> [Place] {
    slots.flatMap { slot in
      phrases.ranges(in: self.slots[slot]).map {
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
