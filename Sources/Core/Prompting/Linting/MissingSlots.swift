/// A clip needs someone, something that happens, and a place. Each question brings an answer that one key takes.
enum MissingSlots {
  static func check(_ draft: Draft) -> [Hint] {
    questions.filter { draft.slots.isBlank($0.slot) }.map { question in
      let answer = draft.answer(question.slot, or: question.answer)
      let fix = Fix(
        Bilingual("put “\(answer)”", "填入“\(answer)”"), .slots(draft.with(question.slot, answer)))
      return Hint(.missingSlot, question.severity, [question.slot], question.asks, fixes: [fix])
    }
  }

  private struct Question {
    var slot: Slot
    var severity: Hint.Severity
    var asks: Bilingual
    var answer: Bilingual
  }

  private static let questions: [Question] = [
    Question(
      slot: .subject, severity: .warning,
      asks: Bilingual("no subject: say who or what is seen", "缺少主体：写出画面里是谁或什么"),
      answer: Bilingual("a red ball", "一个红色的球")),
    Question(
      slot: .action, severity: .warning,
      asks: Bilingual("no action: say what moves, or the clip may stand still", "缺少动作：写出什么在动，否则画面可能静止"),
      answer: Bilingual("turns around slowly", "慢慢旋转")),
    Question(
      slot: .scene, severity: .advice,
      asks: Bilingual("no scene: say where it happens", "缺少场景：写出发生在哪里"),
      answer: Bilingual("a room", "房间里")),
    Question(
      slot: .style, severity: .advice,
      asks: Bilingual("no style: say how it looks, or the model chooses", "缺少风格：写出画面风格，否则由模型决定"),
      answer: Bilingual("soft natural light", "柔和的自然光")),
    Question(
      slot: .camera, severity: .advice,
      asks: Bilingual("no camera: say how it is filmed, or the model chooses", "缺少镜头：写出镜头语言，否则由模型决定"),
      answer: Bilingual("static shot", "固定镜头")),
  ]
}
