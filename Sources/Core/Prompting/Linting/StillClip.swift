/// An action in which nothing moves: the clip may come out as a photograph.
enum StillClip {
  static func check(_ draft: Draft) -> [Hint] {
    let action = draft.slots[.action]
    guard let standing = Motion.standingPhrases.ranges(in: draft.reading(.action)).first,
      !Slot.positive.contains(where: { Motion.isFound(in: draft.reading($0)) }),
      !Motion.intended.isFound(in: draft.reading(.action))
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
}
