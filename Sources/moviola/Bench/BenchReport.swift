import Foundation
import Tensors

/// A measurement in words, or as one line of JSON.
struct BenchReport {
  /// "transformer", …
  let work: String
  /// "1.3b, 2,080 tokens, 30 layers"
  let subject: String
  let options: BenchOptions
  let measurement: Measurement
  /// Further numbers for programs.
  var numbers: [String: Double] = [:]

  func write() throws {
    Console.output(text)
    if options.json { Console.output(try Self.json(line)) }
  }

  private var text: String {
    let result = measurement
    let cpu = options.device()
    var lines = [
      "\(work): \(subject), \(options.precision.rawValue) (\(cpu.multipliedTypes) on \(cpu.mathLibrary), "
        + "\(cpu.instructionSet)), \(Units.count(result.threads, "thread"))",
      String(format: "  one run      %.3f s", result.seconds),
      String(format: "  rate         %.0f GFLOP/s", result.rate / 1e9),
      String(format: "  limit        %.0f GFLOP/s at best, of \(result.limitName) alone", result.limit / 1e9),
      "  share        \(percent(result.share)) of the limit beside it, median of \(Units.count(options.repeats, "run"))",
    ]
    lines += result.againstFast.map { [String(format: "  speed        %.2f x fast", $0)] } ?? []
    if let scaling = result.againstOneThread, let limit = result.limitAgainstOneThread {
      lines.append(String(format: "  scaling      %.2f x one thread; the limit alone %.2f x", scaling, limit))
    }
    lines += [
      "  peak memory  \(Units.bytes(measurement.peakBytes))"
    ]
    lines += result.lines.map { line in
      let share = line.limit.map { ", at \(percent($0)) of the limit" } ?? ""
      let bound = line.boundBy.map { ", bound by \($0)" } ?? ""
      return "  \(line.name): \(percent(line.time)) of the time\(share)\(bound)"
    }
    for part in Meter.Part.allCases {
      guard let sum = result.sums[part] else { continue }
      let rate = sum.operations > 0 ? String(format: ", %.0f GFLOP/s a thread", sum.operations / sum.seconds / 1e9) : ""
      lines.append(
        "    \(part.rawValue): \(percent(sum.seconds / result.meteredSeconds / Double(result.threads)))\(rate)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  private struct Line: Encodable {
    var work: String
    var subject: String
    var precision: String
    var threads: Int
    var seconds: Double
    var gflops: Double
    var limitGflops: Double
    var share: Double
    /// How many times faster than `fast`, for `turbo`.
    var againstFast: Double?
    /// How many times faster than on one thread.
    var againstOneThread: Double?
    var limitAgainstOneThread: Double?
    var peakRssBytes: Int
    /// Seconds of all threads in each part.
    var parts: [String: Double]
    var numbers: [String: Double]
  }

  private var line: Line {
    let result = measurement
    return Line(
      work: work, subject: subject, precision: options.precision.rawValue, threads: result.threads,
      seconds: result.seconds, gflops: result.rate / 1e9, limitGflops: result.limit / 1e9, share: result.share,
      againstFast: result.againstFast, againstOneThread: result.againstOneThread,
      limitAgainstOneThread: result.limitAgainstOneThread, peakRssBytes: measurement.peakBytes,
      parts: Dictionary(uniqueKeysWithValues: result.sums.map { ($0.key.rawValue, $0.value.seconds) }),
      numbers: numbers)
  }

  /// One line of JSON, with keys like `peak_rss_bytes`.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
