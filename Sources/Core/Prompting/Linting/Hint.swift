/// One piece of advice about a prompt.
///
///     for hint in Lints.check(slots, clip: clip, tokenCount: 31, language: .en) {
///       print(hint.message[.en])                     // “bounces” and “rolls”: two actions in a 2.1 s clip
///       if let fix = hint.fixes.first { apply(fix.change) }
///     }
public struct Hint: Identifiable, Hashable, Sendable {
  public enum Severity: Int, Comparable, Sendable {
    case advice, warning
    /// The render would be refused.
    case refusal
    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
  }

  public enum Rule: String, Sendable, CaseIterable {
    case missingSlot, metaphor, contradiction, manySubjects, manyActions, tangledLanguages, stillClip, length
    case emptyNegative, repetition
  }

  public var rule: Rule
  public var severity: Severity
  /// The slots it speaks about, the most important first; empty for the prompt as a whole.
  public var slots: [Slot]
  /// What is the matter, without a full stop, in the language of the interface.
  public var message: Bilingual
  /// The words meant, as typed; "" where none are.
  public var words: String
  /// Where they stand, in characters of the first slot's text.
  public var range: Range<Int>?
  /// What one key can do about it, the best first.
  public var fixes: [Fix]

  public init(
    _ rule: Rule, _ severity: Severity, _ slots: [Slot], _ message: Bilingual, words: String = "",
    range: Range<Int>? = nil, fixes: [Fix] = []
  ) {
    self.rule = rule
    self.severity = severity
    self.slots = slots
    self.message = message
    self.words = words
    self.range = range
    self.fixes = fixes
  }

  /// The same while its cause stays the same, so that a dismissed hint stays dismissed.
  public var id: String {
    ([rule.rawValue, String(severity.rawValue)] + slots.map(\.rawValue) + [words]).joined(separator: "/")
  }
}

/// A change that one key applies.
public struct Fix: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case slots(PromptSlots)
    case frameCount(Int)
  }
  /// "keep the first"
  public var label: Bilingual
  public var change: Change

  public init(_ label: Bilingual, _ change: Change) {
    self.label = label
    self.change = change
  }
}

/// What the lints need to know of the recipe.
public struct ClipContext: Hashable, Sendable {
  public var frameCount: Int
  public var framesPerSecond: Int
  /// Frames after the first come in steps of this many.
  public var frameStep: Int
  /// No fix asks for more frames than this.
  public var longestFrameCount: Int
  /// False when the negative prompt is not read (guidance is 1) or the model has learnt none.
  public var usesNegative: Bool
  /// A prompt the model knows well: fixes fill a missing slot from it. A blank slot in it means our general answer.
  public var example: PromptSlots

  public init(
    frameCount: Int, framesPerSecond: Int, frameStep: Int = 4, longestFrameCount: Int = 121, usesNegative: Bool = true,
    example: PromptSlots = PromptSlots()
  ) {
    self.frameCount = frameCount
    self.framesPerSecond = framesPerSecond
    self.frameStep = max(1, frameStep)
    self.longestFrameCount = longestFrameCount
    self.usesNegative = usesNegative
    self.example = example
  }

  public var seconds: Double { Double(frameCount) / Double(max(1, framesPerSecond)) }
}
