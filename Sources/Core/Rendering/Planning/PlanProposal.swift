/// Something that would fit where a recipe does not.
public struct PlanProposal: Hashable, Sendable {
  /// What is given up, from nothing to most: proposals are made in this order.
  public enum Change: Hashable, Sendable {
    /// The limit may be raised to so many bytes: nothing is lost.
    case memory(Int)
    /// The last digits of every number.
    case precision(Precision)
    /// Weights of 4 to 8 bits: a little of the picture.
    case quantised
    /// A shorter clip.
    case frames(Int)
    /// A smaller picture.
    case size(width: Int, height: Int)
  }

  public var change: Change
  /// The recipe with it; the same one where the change is none of the recipe's.
  public var recipe: Recipe

  public init(_ change: Change, recipe: Recipe) { (self.change, self.recipe) = (change, recipe) }

  /// The option that makes it so, for a sentence.
  public var option: String {
    switch change {
    case .memory(let bytes): "--max-memory \(PlanSentence.bytes(bytes).filter { $0 != " " })"
    case .precision(let precision): "--precision \(precision.rawValue)"
    case .quantised: "a quantised file of the model (Q8_0, Q4_K_M)"
    case .frames(let count): "--frames \(count)"
    case .size(let width, let height): "--size \(width)x\(height)"
    }
  }
}

/// Sizes in sentences about memory.
enum PlanSentence {
  /// "7.2 GiB", "310 MiB"; rounded up, so that a limit of what is said is enough.
  static func bytes(_ bytes: Int) -> String {
    guard bytes >= 1 << 30 else { return "\((bytes + (1 << 20) - 1) >> 20) MiB" }
    let tenths = (Double(bytes) / Double(1 << 30) * 10).rounded(.up)
    return "\(tenths / 10) GiB"
  }

  /// "--frames 9, --size 640x368 or --max-memory 8GiB".
  static func list(_ options: [String]) -> String {
    guard options.count > 1, let last = options.last else { return options.first ?? "" }
    return options.dropLast().joined(separator: ", ") + " or " + last
  }
}
