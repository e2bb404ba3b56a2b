/// Things that happen one after the other need time: about two seconds each.
enum ManyActions {
  static let secondsForEach = 2.0

  static func check(_ draft: Draft) -> [Hint] {
    let text = draft.slots[.action]
    let actions = ActionSequence.actions(in: text)
    let needed = Double(actions.count) * secondsForEach
    guard actions.count > 1, draft.clip.seconds < needed - 0.25 else { return [] }
    let seconds = (draft.clip.seconds * 10).rounded() / 10
    let verbs = actions.map { "“\($0.verb)”" }
    let message = Bilingual(
      "\(verbs.joined(separator: ", ")): \(actions.count) actions one after the other in \(seconds) s",
      "\(verbs.joined(separator: "、"))：\(seconds) 秒里先后有 \(actions.count) 个动作")
    return [
      Hint(
        .manyActions, .warning, [.action], message, words: actions.map(\.verb).joined(separator: " "),
        range: actions[1].range, fixes: fixes(actions, draft))
    ]
  }

  private static func fixes(_ actions: [ActionSequence.Action], _ draft: Draft) -> [Fix] {
    let text = draft.slots[.action]
    let first = ActionSequence.withoutMarker(text.characters(0..<actions[1].range.lowerBound))
    let keep = Fix(Bilingual("keep the first", "只留第一个"), .slots(draft.with(.action, first)))
    guard let count = frames(for: actions.count, draft.clip) else { return [keep] }
    return [keep, Fix(Bilingual("make it \(count) frames", "改为 \(count) 帧"), .frameCount(count))]
  }

  /// The fewest frames with time for every action; nil beyond the longest clip.
  private static func frames(for actions: Int, _ clip: ClipContext) -> Int? {
    let needed = Int((Double(actions) * secondsForEach * Double(clip.framesPerSecond)).rounded(.up))
    let count = (needed + clip.frameStep - 2) / clip.frameStep * clip.frameStep + 1
    return count <= clip.longestFrameCount ? count : nil
  }
}
