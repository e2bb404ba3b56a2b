/// Offers how a free text could be divided into slots.
///
///     PromptSplitter.split("A red ball in a grid room bounces, pixel art, static shot.")
///     // subject "A red ball", scene "in a grid room", action "bounces", style "pixel art", camera "static shot"
///
/// Nothing is lost: every word of the text lands in a slot.
public enum PromptSplitter {
  public static func split(_ text: String) -> PromptSlots {
    let language = PromptLanguage.detect(text) ?? .en
    var slots = PromptSlots()
    for clause in Clause.clauses(of: text) {
      for (slot, part) in parts(clause.text, language, isOpen: slots.isBlank(.action)) {
        slots[slot] = joined(slots[slot], part, slot, language)
      }
    }
    return slots
  }

  /// Each part of a clause and the slot it belongs to.
  private static func parts(_ clause: String, _ language: PromptLanguage, isOpen: Bool) -> [(Slot, String)] {
    if let slot = ClauseKind.slot(of: clause) { return [(slot, clause)] }
    let parts = language == .zh ? ChineseClause.parts(of: clause) : EnglishClause.parts(of: clause)
    if isOpen { return parts }
    // The story is told: what comes later adds to it only where it moves.
    return parts.contains { $0.0 == .action } ? [(.action, clause)] : [(.style, clause)]
  }

  private static func joined(_ old: String, _ new: String, _ slot: Slot, _ language: PromptLanguage) -> String {
    if old.isEmpty { return new }
    return old + (language == .zh ? "，" : ", ") + new
  }
}
