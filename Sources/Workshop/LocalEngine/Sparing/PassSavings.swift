/// Which passes of the experts are spared; of a plain render none.
public struct PassSavings: Hashable, Sendable {
  /// The threshold of the step cache; nil for none.
  public var stepCache: Double?
  /// The share of the steps after which the negative prompt is not asked; nil for never.
  public var skipGuidanceAfter: Double?

  public init(stepCache: Double? = nil, skipGuidanceAfter: Double? = nil) {
    (self.stepCache, self.skipGuidanceAfter) = (stepCache, skipGuidanceAfter)
  }

  /// What a step may leave out.
  public struct Choice: Hashable, Sendable {
    /// Whether its flow may come from earlier steps.
    public var mayReuse: Bool
    public var skipsGuidance: Bool
  }

  /// The first steps decide what the clip shows, and the last one has nothing after it that could mend it: they are
  /// always computed.
  static let stepsBefore = 2

  /// - Parameter step: from 0.
  public func choice(step: Int, of steps: Int) -> Choice {
    Choice(
      mayReuse: stepCache != nil && step >= Self.stepsBefore && step < steps - 1,
      skipsGuidance: skipGuidanceAfter.map { Double(step) >= $0 * Double(steps) } ?? false)
  }
}
