import Foundation
import Tensors

/// One piece of work, timed: the fastest of some runs, where its time goes, and the machine's limit. Whatever is compared
/// is measured by turns, because a shared machine is slower for seconds at a time.
struct Measurement {
  let seconds: Double
  /// Those of the same work in `fast`, in this run, if the precision is `turbo`.
  let fastSeconds: Double?
  let sums: [Meter.Part: Meter.Sum]
  /// Seconds of the run that was metered.
  let meteredSeconds: Double
  let threads: Int
  /// Operations a second.
  let limit: Double
  let limitName: String
  /// The largest amount of memory that the process has had when the work was done, its random weights included.
  let peakBytes: Int

  /// What the machine does at best, alone.
  enum Limit: String {
    case products = "the library's matrix products"
    case convolutions = "the library's 3 x 3 convolutions"
  }

  /// Makes ready on a device; what it returns does the work there.
  typealias Preparation = (CPU) throws -> () throws -> Void

  init(_ options: BenchOptions, limit: Limit, _ prepare: Preparation) throws {
    let cpu = options.device()
    (threads, limitName) = (cpu.threads, limit.rawValue)
    let turns = try Self.turns(options, cpu, limit, prepare)
    (seconds, fastSeconds, self.limit, peakBytes) = (turns.seconds, turns.fastSeconds, turns.limit, turns.peakBytes)
    let meter = Meter()
    let work = try prepare(options.device(meter: meter))
    meter.reset()
    meteredSeconds = try Self.time(work)
    sums = meter.sums
  }

  /// The best of each.
  private struct Turns {
    var seconds = Double.infinity
    var fastSeconds: Double?
    var limit = 0.0
    var peakBytes = 0
  }

  /// Each runs once before, to warm up.
  private static func turns(
    _ options: BenchOptions, _ cpu: CPU, _ limit: Limit, _ prepare: Preparation
  ) throws -> Turns {
    var turns = Turns()
    let work = try prepare(cpu)
    try work()
    turns.seconds = try time(work)
    turns.peakBytes = Self.peakBytes
    let fast = options.precision == .turbo ? try prepare(CPU(precision: .fast, threads: options.threads)) : nil
    try fast?()
    for turn in 0..<options.repeats {
      if turn > 0 { turns.seconds = min(turns.seconds, try time(work)) }
      if let fast { turns.fastSeconds = min(turns.fastSeconds ?? .infinity, try time(fast)) }
      turns.limit = max(turns.limit, limit == .products ? cpu.productRate() : cpu.convolutionRate())
    }
    return turns
  }

  static func time(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  var operations: Double { sums.values.reduce(0) { $0 + $1.operations } }
  var rate: Double { operations / seconds }
  var share: Double { rate / limit }
  /// How many times faster than `fast`.
  var againstFast: Double? { fastSeconds.map { $0 / seconds } }

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
    let perThread = limit / Double(threads)
    let worst = parts.max { $0.1.seconds - $0.1.operations / perThread < $1.1.seconds - $1.1.operations / perThread }
    return Line(
      name: group.name, time: seconds / all, limit: operations / seconds / perThread, boundBy: worst?.0.rawValue)
  }
}
