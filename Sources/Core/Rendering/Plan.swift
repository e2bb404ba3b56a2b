/// What a render will need, phase by phase, known before it starts.
public struct Plan: Codable, Hashable, Sendable {
  public var phases: [Phase]
  public var tokens: Int
  public var latentShape: [Int]

  public init(phases: [Phase], tokens: Int, latentShape: [Int]) {
    self.phases = phases
    self.tokens = tokens
    self.latentShape = latentShape
  }

  /// The largest predicted anonymous memory of any phase.
  public var peakAnonymousBytes: Int { phases.map(\.anonymousBytes).max() ?? 0 }

  public struct Phase: Codable, Hashable, Sendable {
    public var component: Component
    /// Memory that belongs to the process and cannot be dropped: activations, expanded weights, scratch.
    public var anonymousBytes: Int
    /// Weights mapped from files: the kernel may drop and re-read them.
    public var mappedBytes: Int
    public init(component: Component, anonymousBytes: Int, mappedBytes: Int) {
      self.component = component
      self.anonymousBytes = anonymousBytes
      self.mappedBytes = mappedBytes
    }
  }
}
