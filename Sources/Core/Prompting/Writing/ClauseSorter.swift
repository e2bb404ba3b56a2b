/// Puts each clause of a text into a slot by the words in it.
struct ClauseSorter {
  var stop: String
  var comma: String

  func split(_ text: String) -> PromptSlots {
    var slots = PromptSlots()
    for clause in Self.clauses(of: text) {
      let slot = Self.slot(of: clause, isFirst: slots.isBlank(.subject))
      slots[slot] += slots[slot].isEmpty ? clause : comma + clause
    }
    return slots
  }

  static func clauses(of text: String) -> [String] {
    text.split { ",，。.;；\n".contains($0) }.map { PromptComposer.tidy(String($0)) }.filter { !$0.isEmpty }
  }

  private static func slot(of clause: String, isFirst: Bool) -> Slot {
    let lower = clause.lowercased()
    if cameraWords.contains(where: lower.contains) { return .camera }
    return isFirst ? .subject : .style
  }

  private static let cameraWords = ["camera", "shot", "zoom", "dolly", "镜头", "特写", "远景", "近景", "全景"]
}
