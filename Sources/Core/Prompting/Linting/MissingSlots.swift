/// A clip needs someone, something that happens, and a place.
enum MissingSlots {
  static func check(_ draft: Draft) -> [Hint] {
    guard !draft.slots.isBlank else { return [] }
    return questions.filter { draft.slots.isBlank($0.slot) }.map { Hint(.missingSlot, $0.severity, [$0.slot], $0.asks) }
  }

  private static let questions: [(slot: Slot, severity: Hint.Severity, asks: Bilingual)] = [
    (.subject, .warning, Bilingual("no subject: say who or what is seen", "缺少主体：写出画面里是谁或什么")),
    (.action, .warning, Bilingual("no action: say what moves, or the clip may stand still", "缺少动作：写出什么在动，否则画面可能静止")),
    (.scene, .advice, Bilingual("no scene: say where it happens", "缺少场景：写出发生在哪里")),
    (.style, .advice, Bilingual("no style: say how it looks, or the model chooses", "缺少风格：写出画面风格，否则由模型决定")),
    (.camera, .advice, Bilingual("no camera: say how it is filmed, or the model chooses", "缺少镜头：写出镜头语言，否则由模型决定")),
  ]
}
