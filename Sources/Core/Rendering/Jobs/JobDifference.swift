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
  /// Why a job that was rendered again has other frames than before; nil if it has the same, or if one of the two
  /// is not done.
  public static func reasonForOtherFrames(from old: Job, to new: Job) -> String? {
    guard let before = old.result?.framesSHA256, let after = new.result?.framesSHA256, before != after else {
      return nil
    }
    let difference = JobDifference(from: old.recipe, to: new.recipe)
    let causes = difference.changes.filter { $0.field != .fps }.map { change in
      switch change.field {
      case .weights: "the model's weights changed (\(change.old) → \(change.new))"
      case .prompt, .negative: "the \(change.field.rawValue) changed"
      default: "\(change.field.rawValue) changed (\(change.old) → \(change.new))"
      }
    }
    if causes.isEmpty {
      return "the same recipe and weights gave other frames: another processor or version of Moviola"
    }
    return causes.joined(separator: "; ")
  }
}
