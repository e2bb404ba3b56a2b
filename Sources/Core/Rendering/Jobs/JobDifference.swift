/// What differs between two recipes.
///
///     JobDifference(from: old, to: new).summary     // "shift 5 → 8; seed same"
public struct JobDifference: Hashable, Sendable {
  public struct Change: Hashable, Sendable {
    public let field: RecipeField
    public let old: String
    public let new: String
  }

  public let changes: [Change]
  private let hasSameSeed: Bool

  public init(from old: Recipe, to new: Recipe) {
    hasSameSeed = old.seed == new.seed
    changes = RecipeField.allCases.compactMap { field in
      let (before, after) = (field.text(of: old), field.text(of: new))
      // A fingerprint that nobody has seen yet is no difference.
      if field == .weights, old.modelFingerprint == nil || new.modelFingerprint == nil { return nil }
      // Recipes may differ in more digits than a text shows; texts of the same field are compared, as people do.
      return before == after ? nil : Change(field: field, old: before, new: after)
    }
  }

  public var isEmpty: Bool { changes.isEmpty }

  /// One line. Long texts are not repeated; whether the seed is the same is always said.
  public var summary: String {
    if isEmpty { return "the same recipe" }
    var parts = changes.map { change in
      switch change.field {
      case .prompt, .negative: "\(change.field.rawValue) changed"
      default: "\(change.field.rawValue) \(change.old) → \(change.new)"
      }
    }
    if hasSameSeed { parts.append("seed same") }
    return parts.joined(separator: "; ")
  }
}

extension JobDifference {
  /// Why a recipe that was rendered again gave other frames; nil if it gave the same, or if so much is changed that
  /// nobody expected them.
  public func reasonForOtherFrames(_ before: String, _ after: String) -> String? {
    guard before != after else { return nil }
    // The rate of a clip changes none of its frames.
    let causes = changes.filter { $0.field != .fps }
    if causes.isEmpty { return "same recipe, same weights: another processor, or another version of Moviola" }
    guard causes.allSatisfy({ $0.field == .weights || $0.field == .precision }) else { return nil }
    return causes.map { change in
      let name = change.field == .weights ? "the model's weights" : "the \(change.field.rawValue)"
      return "\(name) changed (\(change.old) → \(change.new))"
    }.joined(separator: "; ")
  }

  /// The same for two jobs of the ledger; nil if one of them is not done.
  public static func reasonForOtherFrames(from old: Job, to new: Job) -> String? {
    guard let before = old.result?.framesSHA256, let after = new.result?.framesSHA256 else { return nil }
    return JobDifference(from: old.recipe, to: new.recipe).reasonForOtherFrames(before, after)
  }
}
