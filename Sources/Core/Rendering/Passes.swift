/// Passes over an expert's blocks: of one step, or of a whole render.
public struct Passes: Codable, Hashable, Sendable {
  /// Every block was computed.
  public var full: Int
  /// Only the first block was computed; the flow came from earlier steps.
  public var reused: Int
  /// Nothing was computed: the negative prompt was not asked, though there is guidance.
  public var skipped: Int

  public init(full: Int = 0, reused: Int = 0, skipped: Int = 0) {
    (self.full, self.reused, self.skipped) = (full, reused, skipped)
  }

  public static func + (one: Passes, other: Passes) -> Passes {
    Passes(full: one.full + other.full, reused: one.reused + other.reused, skipped: one.skipped + other.skipped)
  }

  /// "of 40 passes 12 from the step cache, 4 left out"; nil if all were computed.
  public var note: String? {
    let parts = [(reused, "from the step cache"), (skipped, "left out")].filter { $0.0 > 0 }
    if parts.isEmpty { return nil }
    return "of \(full + reused + skipped) passes " + parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}
