/// The prompt as the model will read it.
///
///     let slots = PromptSlots(subject: "a red ball", action: "bounces", scene: "grid room", style: "glowing")
///     PromptComposer.compose(slots, .en)  // "A red ball in grid room bounces, glowing."
///
/// `[subject] in [scene] [action], [style], [camera].` or `[主体]在[场景]中[动作]，[视觉风格]，[镜头语言]。`
public enum PromptComposer {
  public static func compose(_ slots: PromptSlots, _ language: PromptLanguage) -> String {
    switch language {
    case .en: english(slots)
    case .zh: chinese(slots)
    }
  }

  private static func english(_ slots: PromptSlots) -> String {
    let subject = tidy(slots[.subject])
    let place = EnglishPlace.phrase(tidy(slots[.scene]))
    let action = tidy(slots[.action])
    let told = join([subject, place], subject.isEmpty ? ", " : " ")
    let separator = subject.isEmpty || EnglishPlace.endsInClause(place) ? ", " : " "
    let clauses = [join([told, action], separator), tidy(slots[.style]), tidy(slots[.camera])]
    return closed(capitalised(join(clauses, ", ")), with: ".")
  }

  private static func chinese(_ slots: PromptSlots) -> String {
    let place = ChinesePlace.phrase(tidy(slots[.scene]))
    let told = tidy(slots[.subject]) + place
    let separator = place.contains("，") ? "，" : ""
    let clauses = [join([told, tidy(slots[.action])], separator), tidy(slots[.style]), tidy(slots[.camera])]
    return closed(join(clauses, "，"), with: "。")
  }

  /// Single spaces, and no punctuation at the ends that the composition sets itself.
  static func tidy(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let opening: Set<Character> = [",", "，", "、", ";", "；", "。", "."]
    let closing = opening.union([":", "：", " "])
    let start = words.drop { opening.contains($0) || $0 == " " }
    guard let last = start.lastIndex(where: { !closing.contains($0) }) else { return "" }
    return String(start[...last])
  }

  private static func join(_ parts: [String], _ separator: String) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: separator)
  }

  /// "iPhone" keeps its small letter.
  private static func capitalised(_ text: String) -> String {
    guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return text }
    return first.uppercased() + text.dropFirst()
  }

  private static func closed(_ text: String, with stop: String) -> String {
    guard let last = text.last else { return "" }
    return "!?！？…".contains(last) ? text : text + stop
  }
}
