/// An action in which nothing moves: the clip may come out as a photograph.
enum StillClip {
  static func check(_ draft: Draft) -> [Hint] {
    let action = draft.slots[.action]
    guard let standing = Motion.standingPhrases.ranges(in: draft.reading(.action)).first,
      !Slot.positive.contains(where: { Motion.isFound(in: draft.reading($0)) }),
      !Motion.intended.isFound(in: draft.reading(.action)),
      !Motion.rising.isFound(in: draft.reading(.action)),
      isAll(standing, of: draft.reading(.action), action)
    else { return [] }
    let words = action.characters(standing)
    let message = Bilingual(
      "“\(words)” moves nothing: the clip may stand still", "“\(words)”没有动作：画面可能静止")
    let addition = draft.language == .zh ? "，缓缓转头" : ", turning the head slowly"
    let fix = Fix(
      Bilingual("add “\(addition.drop { !$0.isLetter })”", "补上“\(addition.drop { !$0.isLetter })”"),
      .slots(draft.with(.action, PromptComposer.tidy(action) + addition)))
    return [Hint(.stillClip, .warning, [.action], message, words: words, range: standing, fixes: [fix])]
  }

  /// Nothing beside the standing but a place: no other "-ing", and in Chinese no words that could be a verb.
  private static func isAll(_ standing: Range<Int>, of reading: Reading, _ action: String) -> Bool {
    if reading.hasHan {
      let rest = action.characters(standing.upperBound..<action.count)
      return rest.count <= 2 || (!rest.contains { Clause.marks.contains($0) } && rest.last.map(places.contains) ?? true)
    }
    return !reading.words.contains { word in
      word.text.hasSuffix("ing") && word.text.count > 5 && !things.contains(word.text)
        && !Motion.standingPhrases.isFound(in: word.text)
    }
  }

  private static let places: Set<Character> = ["上", "下", "里", "中", "内", "外", "旁", "边", "前", "后"]
  private static let things: Set<String> = [
    "morning", "evening", "building", "ceiling", "clothing", "wedding", "spring", "string",
  ]
}
