import Foundation
import Tensors

/// One piece of work, timed: the fastest of some runs, and where its time goes. What it is compared with (the machine's
/// limit, `fast`, one thread) is measured right beside each run, because a shared machine is slower for seconds at a time,
/// and the median of these ratios counts.
struct Measurement {
  let seconds: Double
  let sums: [Meter.Part: Meter.Sum]
  /// Seconds of the run that was metered.
  let meteredSeconds: Double
  /// Operations a second that were possible beside it.
  let meteredLimit: Double
  let threads: Int
  /// The best that was seen, in operations a second.
  let limit: Double
  let limitName: String
  /// The largest amount of memory that the process has had when the work was done, its random weights included.
  let peakBytes: Int
  private let turns: [Turn]

  /// Makes ready on a device; what it returns does the work there.
  typealias Preparation = (CPU) throws -> () throws -> Void

  /// A run, and what was measured beside it.
  private struct Turn {
    var seconds: Double
    /// The machine's limit, as the mean of just before and just after.
    var limit: Double
    /// The same work in `fast`, if the precision is `turbo`.
    var fastSeconds: Double?
    /// The same work on one thread, and the limit of one beside it, if that was asked for.
    var alone: (seconds: Double, limit: Double)?
  }

  init(_ options: BenchOptions, limit: LimitKind, _ prepare: Preparation) throws {
    let cpu = options.device()
    (threads, limitName) = (cpu.threads, limit.rawValue)
    let work = try prepare(cpu)
    try work()
    let estimate = try Self.time(work)
    peakBytes = Self.peakBytes
    let ruler = Ruler(limit.prepare(cpu), beside: estimate)
    let others = try Others(options, cpu, prepare)
    let lone = others.alone.map { Ruler(limit.prepare($0.cpu), beside: 2 * estimate) }
    let turns = try (0..<options.repeats).map { _ in
      let (seconds, limit) = try ruler.time(work)
      return Turn(
        seconds: seconds, limit: limit, fastSeconds: try others.fast.map(Self.time),
        alone: try others.alone.flatMap { alone in try lone.map { try $0.time(alone.work) } })
    }
    let meter = Meter()
    let metered = try prepare(options.device(meter: meter))
    try metered()
    meter.reset()
    (meteredSeconds, meteredLimit) = try ruler.time(metered)
    sums = meter.sums
    self.turns = turns
    (seconds, self.limit) = (turns.map(\.seconds).min() ?? estimate, turns.map(\.limit).max() ?? 0)
  }

  /// The same work in other ways, each warm.
  private struct Others {
    var fast: (() throws -> Void)?
    var alone: (cpu: CPU, work: () throws -> Void)?

    init(_ options: BenchOptions, _ cpu: CPU, _ prepare: Preparation) throws {
      if options.precision == .turbo { fast = try prepare(CPU(precision: .fast, threads: options.threads)) }
      if options.scaling && cpu.threads > 1 {
        let one = CPU(precision: options.precision, threads: 1)
        alone = (one, try prepare(one))
      }
      try fast?()
      try alone?.work()
    }
  }

  static func time(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  var operations: Double { sums.values.reduce(0) { $0 + $1.operations } }
  var rate: Double { operations / seconds }
  /// Of the limit.
  var share: Double { Ruler.median(turns.map { operations / $0.seconds / $0.limit }) ?? 0 }
  /// How many times faster than `fast`.
  var againstFast: Double? { Ruler.median(turns.compactMap { turn in turn.fastSeconds.map { $0 / turn.seconds } }) }
  /// How many times faster than on one thread.
  var againstOneThread: Double? {
    Ruler.median(turns.compactMap { turn in turn.alone.map { $0.seconds / turn.seconds } })
  }
  /// The same for the limit: what is less than the number of threads there, the machine does not give.
  var limitAgainstOneThread: Double? {
    Ruler.median(turns.compactMap { turn in turn.alone.map { turn.limit / $0.limit } })
  }

  /// The largest amount of memory that this process has had so far.
  static var peakBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}

/// Parts that make one kind of work.
struct PartGroup {
  let name: String
  let parts: [Meter.Part]

  static let all = [
    PartGroup(name: "linear layers", parts: [.product, .packing, .productEnd]),
    PartGroup(name: "attention", parts: [.scores, .softmax, .mixing, .heads]),
    PartGroup(name: "convolutions", parts: [.convolution, .convolutionEnd]),
    PartGroup(name: "norms", parts: [.norm]),
    PartGroup(name: "pictures", parts: [.picture]),
    PartGroup(name: "conversions", parts: [.conversion]),
  ]
}

extension Measurement {
  struct Line {
    let name: String
    /// Of the time of all threads.
    let time: Double
    /// Of the limit; nil for work that is no product.
    let limit: Double?
    let boundBy: String?
  }

  /// One line for each group that took time, and one for threads that waited.
  var lines: [Line] {
    let all = meteredSeconds * Double(threads)
    var lines = PartGroup.all.compactMap { line($0, of: all) }
    let busy = sums.values.reduce(0) { $0 + $1.seconds }
    lines.append(Line(name: "between the parts", time: max(0, 1 - busy / all), limit: nil, boundBy: nil))
    return lines
  }

  private func line(_ group: PartGroup, of all: Double) -> Line? {
    let parts = group.parts.compactMap { part in sums[part].map { (part, $0) } }
    let (seconds, operations) = parts.reduce((0.0, 0.0)) { ($0.0 + $1.1.seconds, $0.1 + $1.1.operations) }
    guard seconds > 0 else { return nil }
    guard operations > 0 else { return Line(name: group.name, time: seconds / all, limit: nil, boundBy: nil) }
    let perThread = meteredLimit / Double(threads)
    let worst = parts.max { $0.1.seconds - $0.1.operations / perThread < $1.1.seconds - $1.1.operations / perThread }
    return Line(
      name: group.name, time: seconds / all, limit: operations / seconds / perThread, boundBy: worst?.0.rawValue)
  }
}
