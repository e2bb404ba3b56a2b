/// When the next picture may go: pictures use a part of the line, keys come first.
///
/// After each picture the terminal is asked whether it is ready. Its answer says how long the bytes took, and until
/// then nothing new is sent. Terminals that do not answer get a fixed rate.
///
///     if pacer.mayGo(at: now) { send(picture); pacer.sent(bytes: n, at: now, asked: pacer.shouldAsk) }
///     pacer.answered(at: later)
struct PicturePacer {
  typealias Instant = ContinuousClock.Instant

  /// Without answers and without a wish of the user: what a slow line still takes.
  static let blindBytesPerSecond = 100_000
  /// A question that is not answered for so long was lost.
  static let patience = Duration.seconds(2)

  /// Nil: half of what the line takes.
  var bytesPerSecond: Int?
  /// How long an answer takes when nothing is on the way before it.
  var roundTrip = Duration.zero
  private var unanswered: Instant?
  private var lostAnswers = 0
  /// Nothing new before.
  private(set) var next: Instant?

  init(bytesPerSecond: Int? = nil) { self.bytesPerSecond = bytesPerSecond }

  func mayGo(at now: Instant) -> Bool {
    if let unanswered, now < unanswered + Self.patience { return false }
    return next.map { now >= $0 } ?? true
  }

  /// When to look again, apart from an answer.
  var deadline: Instant? {
    if let unanswered { return max(unanswered + Self.patience, next ?? unanswered) }
    return next
  }

  /// A terminal that does not answer is not asked for ever.
  var shouldAsk: Bool { lostAnswers < 2 }

  mutating func sent(bytes: Int, at now: Instant, asked: Bool) {
    if unanswered != nil { lostAnswers += 1 }
    unanswered = asked ? now : nil
    let rate = bytesPerSecond ?? (asked ? nil : Self.blindBytesPerSecond)
    next = rate.map { now + .seconds(Double(bytes) / Double(max(1, $0))) }
  }

  mutating func answered(at now: Instant) {
    guard let asked = unanswered else { return }
    unanswered = nil
    lostAnswers = 0
    // Silent for as long as the picture took: half of the line is left for everything else.
    let rest = now + max(.zero, now - asked - roundTrip)
    next = max(next ?? rest, rest)
  }
}
