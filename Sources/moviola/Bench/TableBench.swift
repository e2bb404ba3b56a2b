import ArgumentParser
import BuiltInModel
import Foundation

/// `moviola bench table`: the README's table of speed, each number in a process of its own.
struct TableBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Measure every line of the README's table of speed.",
    discussion: """
      With --peer each line is measured in turn with the same work in another program, which is given the line's \
      arguments and ends with a line of JSON that has seconds and peak_rss_bytes. Tests/Peer/peer_pytorch.py is one: \
      --peer "python3 Tests/Peer/peer_pytorch.py". On a machine that is shared, --rounds 3 measures everything three times, \
      by turns, and takes the best of each.
      """)

  @Option(help: ArgumentHelp("A command that does the same work, for comparison.", valueName: "command"))
  var peer: String?

  @Option(help: ArgumentHelp("Lines whose work contains this.", valueName: "text"))
  var only: String?

  @Flag(help: "Measure one thread too, which takes twice as long.")
  var scaling = false

  @Flag(help: "Measure turbo too, where there is one.")
  var turbo = false

  @Option(help: "How often each number is measured, by turns; the best counts.")
  var rounds = 1

  func validate() throws {
    guard (1...100).contains(rounds) else { throw ValidationError("--rounds is a number from 1 to 100.") }
  }

  func run() throws {
    let lines = SpeedLine.all.filter { only == nil || $0.work.contains(only ?? "") }
    if lines.isEmpty { throw ValidationError("no line contains \(only ?? ""): \(SpeedLine.all.map(\.work))") }
    Console.output(
      "| Work, `moviola bench …` | Of the limit | Against the peer | Peak memory against the peer | "
        + "All threads against one | `turbo` against `fast` |\n|---|---|---|---|---|---|\n")
    for line in lines { Console.output(try row(line)) }
  }

  private struct Numbers: Decodable {
    var seconds: Double
    var gflops: Double?
    var limitGflops: Double?
    var peakRssBytes: Int
    var againstFast: Double?

    /// Of the limit.
    var share: Double? {
      guard let gflops, let limitGflops else { return nil }
      return gflops / limitGflops
    }

    /// The best of both.
    func better(_ other: Numbers?) -> Numbers {
      guard let other else { return self }
      return Numbers(
        seconds: min(seconds, other.seconds), gflops: Self.larger(gflops, other.gflops),
        limitGflops: Self.larger(limitGflops, other.limitGflops), peakRssBytes: min(peakRssBytes, other.peakRssBytes),
        againstFast: Self.larger(againstFast, other.againstFast))
    }

    private static func larger(_ one: Double?, _ other: Double?) -> Double? { [one, other].compactMap { $0 }.max() }
  }

  /// What is measured for a line; nil for what was not asked for.
  private struct LineNumbers {
    var ours: Numbers?
    var theirs: Numbers?
    var alone: Numbers?
    var rounded: Numbers?
  }

  private func measure(_ line: SpeedLine) throws -> LineNumbers {
    var best = LineNumbers()
    for _ in 0..<rounds {
      best.ours = try (OwnProcess.bench(line.arguments) as Numbers).better(best.ours)
      if let peer { best.theirs = try (OwnProcess.shell(peer, line.peerArguments) as Numbers).better(best.theirs) }
      if scaling && line.hasThreads {
        best.alone = try (OwnProcess.bench(line.arguments + ["--threads", "1"]) as Numbers).better(best.alone)
      }
      if turbo && line.hasTurbo {
        best.rounded = try (OwnProcess.bench(line.arguments + ["--precision", "turbo"]) as Numbers).better(best.rounded)
      }
    }
    return best
  }

  private func row(_ line: SpeedLine) throws -> String {
    let best = try measure(line)
    guard let ours = best.ours else { throw BenchFailure("\(line.work) was not measured") }
    func ratio(_ value: Double?) -> String { value.map { String(format: "%.2f ×", $0) } ?? "–" }
    let cells = [
      "`\(line.work)` (\(line.title))", ours.share.map { String(format: "%.0f %%", 100 * $0) } ?? "–",
      ratio(best.theirs.map { $0.seconds / ours.seconds }),
      best.theirs.map { String(format: "%.2f", Double(ours.peakRssBytes) / Double(max(1, $0.peakRssBytes))) } ?? "–",
      ratio(best.alone.map { $0.seconds / ours.seconds }), ratio(best.rounded?.againstFast),
    ]
    return "| " + cells.joined(separator: " | ") + " |\n"
  }
}

/// One line of the table: what is measured, and how the peer is asked for the same.
struct SpeedLine {
  let work: String
  let title: String
  let peerArguments: [String]
  var hasThreads = true
  var hasTurbo = false

  var arguments: [String] { work.split(separator: " ").map(String.init) }

  private static func transformer(_ options: String, _ title: String) -> SpeedLine {
    let theirs = options.contains("--latent") ? options : options + " --latent 5x32x52"
    return SpeedLine(
      work: "transformer \(options)", title: title,
      peerArguments: ["transformer"] + theirs.split(separator: " ").map(String.init), hasTurbo: true)
  }

  static let all: [SpeedLine] = [
    transformer("--layers 4", "1.3B shape, 2,080 tokens"),
    transformer("--layers 2 --latent 5x60x104", "1.3B shape, 7,800 tokens"),
    transformer("--layers 1 --latent 21x60x104 --repeats 1", "1.3B shape, 32,760 tokens"),
    transformer("--shape a14b --layers 1", "A14B shape, 2,080 tokens"),
    SpeedLine(work: "text", title: "512 tokens, 2 layers of UMT5-XXL", peerArguments: ["text"]),
    SpeedLine(work: "vae", title: "9 frames of 416x240", peerArguments: ["vae", "--latent", "3x30x52"]),
    SpeedLine(
      work: "render", title: "wan-nano, cold process to checked clip",
      peerArguments: ["render", "--model", BuiltInModel.path, "--size", "128x80", "--dtype", "f32", "--guidance", "3"],
      hasThreads: false),
  ]
}
