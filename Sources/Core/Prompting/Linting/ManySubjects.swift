/// Models lose subjects beyond the third, and lose count beyond five.
enum ManySubjects {
  static let most = 3

  static func check(_ draft: Draft) -> [Hint] { tooMany(draft) + uncountable(draft) }

  private static func tooMany(_ draft: Draft) -> [Hint] {
    let text = draft.slots[.subject]
    let subjects = SubjectList.subjects(in: text)
    guard subjects.count > most else { return [] }
    let message = Bilingual(
      "\(subjects.count) subjects: a clip holds about \(most)", "\(subjects.count) 个主体：一段画面最多容纳约 \(most) 个")
    let kept = subjects.prefix(2).map { text.characters($0) }.joined(separator: draft.language == .zh ? "和" : " and ")
    let fix = Fix(Bilingual("keep the first two", "只留前两个"), .slots(draft.with(.subject, kept)))
    return [
      Hint(
        .manySubjects, .warning, [.subject], message, words: text.characters(subjects[most]), range: subjects[most],
        fixes: [fix])
    ]
  }

  private static func uncountable(_ draft: Draft) -> [Hint] {
    let text = draft.slots[.subject]
    guard let number = SubjectList.largeNumber(in: text) else { return [] }
    let words = text.characters(number)
    let group = words.contains(where: \.isHan) ? "一群" : "a group of"
    let message = Bilingual(
      "“\(words)”: models lose count beyond five", "“\(words)”：超过五个，模型往往数不准")
    let fix = Fix(
      Bilingual("say “\(group)”", "改为“\(group)”"), .slots(draft.with(.subject, text.replacing(number, with: group))))
    return [Hint(.manySubjects, .advice, [.subject], message, words: words, range: number, fixes: [fix])]
  }
}
