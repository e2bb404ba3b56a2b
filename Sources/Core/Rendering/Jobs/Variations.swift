public import Foundation

/// Several recipes from one: other seeds, or one parameter at several values.
///
///     Variations.seeds([7, 8, 9]).recipes(from: recipe)
///     Variations.sweep(.shift, [3, 5, 8]).recipes(from: recipe)
public enum Variations: Codable, Hashable, Sendable {
  case seeds([UInt64])
  case sweep(Parameter, [Double])

  /// What can be swept.
  public enum Parameter: String, Codable, Hashable, Sendable, CaseIterable {
    case shift, steps, boundary, frames
    case guidanceHigh = "guidance high"
    case guidanceLow = "guidance low"

    /// Whether a recipe holds it as a whole number.
    public var isWhole: Bool { self == .steps || self == .frames }

    /// As it is in the recipe. Ledgers may hold fractions of steps, which were rendered rounded.
    func rendered(_ value: Double) -> Double { isWhole ? value.rounded() : value }

    func set(_ value: Double, in recipe: inout Recipe) {
      switch self {
      case .shift: recipe.shift = value
      case .steps: recipe.steps = Int(value.rounded())
      case .boundary: recipe.boundary = value
      case .frames: recipe.frameCount = Int(value.rounded())
      case .guidanceHigh: recipe.guidance.high = value
      case .guidanceLow: recipe.guidance.low = value
      }
    }
  }

  public var count: Int {
    switch self {
    case .seeds(let seeds): seeds.count
    case .sweep(_, let values): values.count
    }
  }

  /// The recipes of the batch, in order.
  public func recipes(from recipe: Recipe) -> [Recipe] {
    switch self {
    case .seeds(let seeds):
      seeds.map { seed in
        var variation = recipe
        variation.seed = seed
        return variation
      }
    case .sweep(let parameter, let values):
      values.map { value in
        var variation = recipe
        parameter.set(value, in: &variation)
        return variation
      }
    }
  }

  /// What stands under each picture of the contact sheet: "seed 7", "shift 5".
  public var labels: [String] {
    switch self {
    case .seeds(let seeds): seeds.map { "seed \($0)" }
    case .sweep(let parameter, let values):
      values.map { "\(parameter.rawValue) \(RecipeField.short(parameter.rendered($0)))" }
    }
  }
}

/// Jobs that were asked for together, as variations of one recipe: a contact sheet.
public struct Batch: Codable, Hashable, Sendable, Identifiable {
  public typealias ID = Int64

  public let id: ID
  public var variations: Variations
  public var createdAt: Date
  /// In the order of the variations; a deleted one is missing.
  public var jobs: [Job]

  public init(id: ID, variations: Variations, createdAt: Date, jobs: [Job]) {
    self.id = id
    self.variations = variations
    self.createdAt = createdAt
    self.jobs = jobs
  }

  /// Those that people kept.
  public var keepers: [Job] { jobs.filter(\.isFavourite) }
}
