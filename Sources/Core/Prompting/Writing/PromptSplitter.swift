/// Offers how a free text could be divided into slots.
///
///     PromptSplitter.split("A red ball in a grid room bounces, pixel art, static shot.")
///     // subject "A red ball", scene "in a grid room", action "bounces", style "pixel art", camera "static shot"
///
/// Nothing is lost: every word of the text lands in a slot (but the "of" of "close-up of a fox"), and what the composer has put together mostly comes apart
/// in the same places.
public enum PromptSplitter {
  public static func split(_ text: String) -> PromptSlots {
    let language = PromptLanguage.detect(text) ?? .en
    var slots = PromptSlots()
    var stage = Slot.subject
    for clause in Clause.clauses(of: text) {
      for (slot, part) in parts(clause.text, language, stage) {
        slots[slot] = joined(slots[slot], part, language)
        stage = later(slot, than: stage)
      }
    }
    return slots
  }

  /// Each part of a clause and the slot it belongs to. A clause that does not say goes where the one before it went.
  private static func parts(_ clause: String, _ language: PromptLanguage, _ stage: Slot) -> [(Slot, String)] {
    if stage == .subject { return opening(clause, language) }
    if let kind = ClauseKind.slot(of: clause) { return [(kind, clause)] }
    switch stage {
    case .style, .camera: return [(stage, clause)]
    case .scene where story(clause, language).contains { $0.0 == .action }: return [(.action, clause)]
    default: return [(ClauseKind.isAboutLooks(clause, language) ? .style : .action, clause)]
    }
  }

  /// The clause that tells the story, or a remark before it: "close-up of a fox", "cinematic".
  private static func opening(_ clause: String, _ language: PromptLanguage) -> [(Slot, String)] {
    if let (kind, remark, rest) = ClauseKind.remark(before: clause) { return [(kind, remark)] + story(rest, language) }
    let parts = story(clause, language)
    let isStory = parts.contains { $0.0 == .action } && !ClauseKind.isCameraSentence(clause)
    guard !isStory, let kind = ClauseKind.slot(of: clause) else { return parts }
    return [(kind, clause)]
  }

  private static func story(_ clause: String, _ language: PromptLanguage) -> [(Slot, String)] {
    language == .zh ? ChineseClause.parts(of: clause) : EnglishClause.parts(of: clause)
  }

  /// A remark before the story leaves the story to be told.
  private static func later(_ slot: Slot, than stage: Slot) -> Slot {
    switch (stage, slot) {
    case (.subject, .style), (.subject, .camera): .subject
    case (.subject, .subject), (.subject, .scene): .scene
    case (.camera, .style): .style
    case (.style, .action), (.camera, .action): stage
    default: slot
    }
  }

  private static func joined(_ old: String, _ new: String, _ language: PromptLanguage) -> String {
    if old.isEmpty { return new }
    return old + (language == .zh ? "，" : ", ") + new
  }
}
