/// The files of a model's experts, where they were chosen one by one.
///
///     recipe.experts = ExpertFiles(high: "/models/wan-high-Q4_K_M.gguf", low: "/models/wan-low-Q4_K_M.gguf")
///
/// One of them may be absent: it is then the one whose name belongs to the other's.
public struct ExpertFiles: Codable, Hashable, Sendable {
  public var high: String?
  public var low: String?

  public init(high: String? = nil, low: String? = nil) {
    self.high = high
    self.low = low
  }
}
