import Tensors

/// What the machine does at best, alone.
enum LimitKind: String {
  case products = "the library's matrix products"
  case convolutions = "the library's 3 x 3 convolutions"

  func prepare(_ cpu: CPU) -> RateLimit { self == .products ? cpu.productLimit() : cpu.convolutionLimit() }
}

/// Times work between two measurements of the machine's limit.
struct Ruler {
  private let limit: RateLimit
  private let window: Double

  /// What is measured beside work of so many seconds takes half as long, but is neither very short nor very long.
  init(_ limit: RateLimit, beside seconds: Double) {
    (self.limit, window) = (limit, min(max(seconds / 2, 0.16), 1))
  }

  /// Seconds of the work, and the mean limit of just before and just after, in operations a second.
  func time(_ work: () throws -> Void) rethrows -> (seconds: Double, limit: Double) {
    let before = limit.measure(seconds: window)
    let seconds = try Measurement.time(work)
    return (seconds, (before + limit.measure(seconds: window)) / 2)
  }

  /// The middle one, or the mean of the two in the middle.
  static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    if sorted.isEmpty { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
