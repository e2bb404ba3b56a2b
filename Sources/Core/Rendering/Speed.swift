/// How many of a render's passes may be spared, at a loss.
///
///     recipe.use(.balanced)
///     recipe.speed    // .balanced; nil for settings that are neither
public enum Speed: String, Codable, Hashable, Sendable, CaseIterable {
  /// Every pass is computed.
  case plain
  /// Only what kept every clip measured within ``leastPSNR``, ``leastSSIM`` and ``mostMotion``: `moviola bench render
  /// --speed-table`.
  case balanced

  /// Against the plain render of the same recipe: decibels over all frames' colours, structural similarity of their
  /// brightness, and the part by which the mean change from frame to frame may differ.
  public static let leastPSNR = 30.0
  public static let leastSSIM = 0.95
  public static let mostMotion = 0.1

  /// The threshold of the step cache; nil for none.
  public var stepCache: Double? {
    switch self {
    case .plain: nil
    case .balanced: 0.15
    }
  }

  /// The share of the steps that are guided; nil for all.
  public var skipGuidanceAfter: Double? {
    switch self {
    case .plain: nil
    case .balanced: 0.85
    }
  }
}

extension Recipe {
  /// nil where the two options were chosen by themselves.
  public var speed: Speed? {
    Speed.allCases.first { $0.stepCache == stepCache && $0.skipGuidanceAfter == skipGuidanceAfter }
  }

  public mutating func use(_ speed: Speed) {
    (stepCache, skipGuidanceAfter) = (speed.stepCache, speed.skipGuidanceAfter)
  }
}

extension Recipe {
  /// "balanced", or "step cache 0.1, guidance for 0.8 of the steps".
  public var speedText: String {
    if let speed { return speed.rawValue }
    let parts = [
      stepCache.map { "step cache \(RecipeField.short($0))" },
      skipGuidanceAfter.map { "guidance for \(RecipeField.short($0)) of the steps" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
