/// Spares an expert's passes where little changes from step to step.
///
/// The first block runs in every pass. While what it adds to the tokens differs by less than a part from what it added
/// in the last pass that ran in full, the other blocks are left out, and the flow goes on from that of the last full
/// pass, in the direction in which the last two lie.
///
///     var caches = [StepCache(threshold: 0.1)]
///     let passes = try expert(latents, timestep: 937, texts: [text], caches: &caches, mayReuse: true) { false }
///     passes[0].isReused
///
/// One cache is for one prompt of one expert. It is a value: copying it saves where it stands.
///
/// Sources of the idea: ParaAttention's first-block cache, TeaCache (arXiv 2411.19108), MagCache (arXiv 2506.09045);
/// of going on in a direction: TaylorSeer (arXiv 2503.06923). Those keep what the blocks add to every token; the flow is
/// a few hundred times smaller, and was as near to the plain render when both were tried.
public struct StepCache: Hashable, Sendable {
  /// The relative change below which a pass is spared.
  public let threshold: Double
  public private(set) var memory: Memory

  /// One pass in a row, and half of the way: with more of either, wan-nano made other clips out of small errors (23 dB
  /// at a threshold of 0.2, where this keeps 35).
  static let longestRun = 1
  static let share: Float = 0.5

  /// What one pass needs of those before.
  public struct Memory: Hashable, Sendable {
    /// What the first block added in the last full pass, of the tokens that are watched.
    public var first: [Float]
    /// Of the last full passes, the newest first, at most two: timesteps, and flows in the order of the latents.
    public var timesteps: [Double]
    public var flows: [[Float]]
    /// Passes that were spared since.
    public var run: Int

    public init(first: [Float] = [], timesteps: [Double] = [], flows: [[Float]] = [], run: Int = 0) {
      (self.first, self.timesteps, self.flows, self.run) = (first, timesteps, flows, run)
    }
  }

  public init(threshold: Double, memory: Memory = Memory()) {
    (self.threshold, self.memory) = (threshold, memory)
  }

  /// So many tokens are watched at most; of more, every second, third, … one.
  public static let mostWatched = 1024

  /// The distance between two tokens that are watched.
  static func stride(of tokens: Int) -> Int { max(1, (tokens + mostWatched - 1) / mostWatched) }

  /// Σ |first − before| / Σ |before|; nil for what cannot be compared.
  func change(_ first: [Float]) -> Double? {
    guard !first.isEmpty, first.count == memory.first.count else { return nil }
    var (difference, size) = (0.0, 0.0)
    for (now, before) in zip(first, memory.first) {
      difference += Double(abs(now - before))
      size += Double(abs(before))
    }
    let change = difference / size
    return change.isFinite ? change : nil
  }

  /// The flow of a pass that is spared.
  /// - Parameters:
  ///   - first: what the first block added to the tokens that are watched.
  ///   - timestep: 0…1000
  /// - Returns: nil if the pass has to run in full.
  mutating func flow(first: [Float], timestep: Double) -> [Float]? {
    guard memory.run < Self.longestRun, let change = change(first), change < threshold, let last = memory.flows.first
    else { return nil }
    memory.run += 1
    guard memory.flows.count == 2, memory.timesteps.count == 2, memory.flows[1].count == last.count else { return last }
    let weight = (timestep - memory.timesteps[0]) / (memory.timesteps[0] - memory.timesteps[1])
    guard weight.isFinite else { return last }
    let part = Self.share * Float(min(max(weight, 0), 1))
    return zip(last, memory.flows[1]).map { $0 + part * ($0 - $1) }
  }

  /// Remembers a pass that ran in full.
  mutating func keep(first: [Float], timestep: Double, flow: [Float]) {
    memory.first = first
    memory.timesteps = [timestep] + memory.timesteps.prefix(1)
    memory.flows = [flow] + memory.flows.prefix(1)
    memory.run = 0
  }
}
