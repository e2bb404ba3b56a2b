/// When the screen is drawn next: at once for what a person did, at most a few times a second for what happened by
/// itself, so that watching costs little however much there is to tell.
///
/// What waits is never lost: ``deadline`` says when it wants to be shown.
public struct DrawPacer: Sendable {
  /// Between two drawings that nobody asked for.
  static let pause = Duration.milliseconds(190)

  private enum Wish {
    case none, soon, now
  }

  private var wish = Wish.now
  private var last: ContinuousClock.Instant?

  public init() {}

  /// A person did something.
  public mutating func hurry() { wish = .now }

  /// Something happened that may wait a little.
  public mutating func wait() { if wish == .none { wish = .soon } }

  public mutating func drawn(at time: ContinuousClock.Instant) { (wish, last) = (.none, time) }

  public func isDue(at time: ContinuousClock.Instant) -> Bool {
    switch wish {
    case .none: false
    case .now: true
    case .soon: last.map { time >= $0 + Self.pause } ?? true
    }
  }

  /// When the next drawing is due by itself; nil if nothing waits.
  public var deadline: ContinuousClock.Instant? { wish == .soon ? last.map { $0 + Self.pause } : nil }
}
