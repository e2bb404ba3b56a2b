/// How long renders like this one took on this machine. Unknown until there was one.
public struct PastPace: Codable, Hashable, Sendable {
  public var secondsPerStep: Double
  /// Everything but denoising: text, decoding, encoding, checking.
  public var otherSeconds: Double
  /// How many renders this is the median of.
  public var renders: Int

  public init(secondsPerStep: Double, otherSeconds: Double, renders: Int) {
    self.secondsPerStep = secondsPerStep
    self.otherSeconds = otherSeconds
    self.renders = renders
  }

  /// Seconds that a render of so many steps will take.
  public func seconds(steps: Int) -> Double { Double(steps) * secondsPerStep + otherSeconds }

  /// The median over past renders; nil if there are none.
  public init?(of past: [(steps: Int, seconds: Render.Seconds)]) {
    let known = past.filter { $0.steps > 0 && $0.seconds.total > 0 }
    guard !known.isEmpty else { return nil }
    self.init(
      secondsPerStep: Self.median(known.map { $0.seconds.denoise / Double($0.steps) }),
      otherSeconds: Self.median(known.map { max($0.seconds.total - $0.seconds.denoise, 0) }), renders: known.count)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
