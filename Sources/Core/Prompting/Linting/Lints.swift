/// Advice about a prompt before it costs an hour.
///
///     let clip = ClipContext(frameCount: 17, framesPerSecond: 8)
///     Lints.check(slots, clip: clip, tokenCount: 31, language: .en)
///
/// Every rule is a pure function in ``rules``. A rule that is not sure says nothing.
public enum Lints {
  /// The most serious first; among equals, the order of the rules.
  public static func check(
    _ slots: PromptSlots, clip: ClipContext, tokenCount: Int?, language: PromptLanguage
  ) -> [Hint] {
    guard !slots.isBlank else { return [] }
    let draft = Draft(slots: slots, clip: clip, tokenCount: tokenCount, language: language)
    let hints = rules.flatMap { $0.check(draft) }
    return hints.enumerated()
      .sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }
      .map(\.element)
  }

  static let rules: [(rule: Hint.Rule, check: @Sendable (Draft) -> [Hint])] = [
    (.length, TokenAdvice.check),
    (.missingSlot, MissingSlots.check),
    (.contradiction, Contradictions.check),
    (.manyActions, ManyActions.check),
    (.manySubjects, ManySubjects.check),
    (.stillClip, StillClip.check),
    (.metaphor, Metaphors.check),
    (.tangledLanguages, TangledLanguages.check),
    (.repetition, Repetitions.check),
    (.emptyNegative, EmptyNegative.check),
  ]
}
