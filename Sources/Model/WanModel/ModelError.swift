/// Why a model cannot do what it was asked.
public enum ModelError: Error, Hashable, Sendable {
  /// The caller asked to stop.
  case cancelled
  /// NaN or infinity came out of a stage.
  case notFinite(stage: String)
  case badInput(String)
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cancelled: "cancelled"
    case .notFinite(let stage): "\(stage) produced NaN or infinity"
    case .badInput(let what): what
    }
  }
}
