/// Why something cannot go on, and what a person can do about it.
///
/// `what` and `remedy` are plain sentences without a final full stop; the one place that prints them is
/// ``sentence``.
public struct RenderError: Error, Hashable, Sendable {
  public enum Code: String, Codable, Sendable {
    /// The recipe asks for something impossible: sizes, counts, an empty or too long prompt.
    case badRecipe
    /// A model folder or file is missing, damaged or not understood.
    case badModel
    /// Not enough memory or disk.
    case noSpace
    /// Output cannot be written, or a file cannot be read.
    case inputOutput
    /// No encoder, or encoding or the check of the finished file failed.
    case encoding
    /// The arithmetic went wrong: NaN or infinity.
    case numerics
    case cancelled
  }

  public var code: Code
  public var what: String
  public var remedy: String?

  public init(_ code: Code, _ what: String, remedy: String? = nil) {
    self.code = code
    self.what = what
    self.remedy = remedy
  }

  /// "what: remedy." as one line.
  public var sentence: String {
    guard let remedy else { return what }
    return "\(what); \(remedy)"
  }
}

extension RenderError: CustomStringConvertible {
  public var description: String { sentence }
}
