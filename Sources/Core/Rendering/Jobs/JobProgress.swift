/// How far a running job is, in few enough bytes to be written down a few times a second.
public struct JobProgress: Codable, Hashable, Sendable {
  public enum Stage: String, Codable, Hashable, Sendable, CaseIterable {
    case preparing, loading, text, denoise, decode
    /// The clip is completed and reopened.
    case check
  }

  public var stage: Stage
  /// Steps, frames or bytes, as the stage counts; both 0 where nothing can be counted.
  public var done: Int
  public var total: Int
  /// What is being loaded or asked.
  public var component: Component?
  /// Noise level of the last step.
  public var sigma: Double?
  /// Of the steps so far; nil until one has been taken.
  public var secondsPerStep: Double?
  /// Seconds since the job started.
  public var elapsed: Double
  /// What the rendering process has resident now.
  public var residentBytes: Int

  public init(
    stage: Stage = .preparing, done: Int = 0, total: Int = 0, component: Component? = nil, sigma: Double? = nil,
    secondsPerStep: Double? = nil, elapsed: Double = 0, residentBytes: Int = 0
  ) {
    self.stage = stage
    self.done = done
    self.total = total
    self.component = component
    self.sigma = sigma
    self.secondsPerStep = secondsPerStep
    self.elapsed = elapsed
    self.residentBytes = residentBytes
  }
}
