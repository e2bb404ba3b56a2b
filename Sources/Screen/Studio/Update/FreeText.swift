import Prompting

/// Advice for one free text: it is judged by the slots that it would split into, and mended where it stands.
struct FreeText {
  let text: String
  private let slots: PromptSlots

  init(_ text: String) {
    self.text = text
    slots = PromptSplitter.split(text)
  }

  /// What counts for any text: a slot that seems empty may stand elsewhere in it, and the negative prompt is a field of
  /// its own. A fix stays where it can be done in the text itself.
  func hints(_ hints: [Hint]) -> [Hint] {
    hints.filter { $0.rule != .missingSlot && $0.rule != .emptyNegative }.map { hint in
      var hint = hint
      hint.fixes = hint.fixes.filter { fix in
        if case .slots(let fixed) = fix.change { rewritten(as: fixed) != nil } else { true }
      }
      return hint
    }
  }

  /// The text with what a fix changes in the slots, and nothing else; nil where a slot's words do not stand in it, once
  /// and together.
  func rewritten(as fixed: PromptSlots) -> String? {
    var text = text
    for slot in Slot.positive where fixed[slot] != slots[slot] {
      let found = text.ranges(of: slots[slot])
      guard !slots[slot].isEmpty, found.count == 1 else { return nil }
      text.replaceSubrange(found[0], with: fixed[slot])
    }
    return text == self.text ? nil : text
  }
}
