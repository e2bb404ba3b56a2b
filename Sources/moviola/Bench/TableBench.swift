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
      --peer "python3 Tests/Peer/peer_pytorch.py", or with --dtype f32 at its end where the processor has no bfloat16. On \
      a machine that is shared, --rounds 3 measures everything three times, by turns, and each ratio is the median of the \
      three.
      """)

  @Option(help: ArgumentHelp("A command that does the same work, for comparison.", valueName: "command"))
  var peer: String?

  @Option(help: ArgumentHelp("Lines whose work contains this.", valueName: "text"))
  var only: String?

  @Flag(help: "Measure one thread too, which takes twice as long.")
  var scaling = false

  @Flag(help: "Measure turbo too, where there is one.")
  var turbo = false

  @Option(help: "How often each number is measured, by turns; the median counts.")
  var rounds = 1

  @Option(help: "Runs of each number at most, for a slow machine; five or three if it is not given.")
  var repeats: Int?

  func validate() throws {
    guard (1...100).contains(rounds) else { throw ValidationError("--rounds is a number from 1 to 100.") }
    guard (1...100).contains(repeats ?? 1) else { throw ValidationError("--repeats is a number from 1 to 100.") }
  }

  func run() throws {
    let lines = SpeedLine.all.filter { only == nil || $0.work.contains(only ?? "") }
    if lines.isEmpty { throw ValidationError("no line contains \(only ?? ""): \(SpeedLine.all.map(\.work))") }
    Console.output(
      "| Work, `moviola bench …` | Of the limit | Against the peer | Peak memory against the peer | "
        + "All threads against one | The limit likewise | `turbo` against `fast` |\n|---|---|---|---|---|---|---|\n")
    for line in lines { Console.output(try row(line.run(atMost: repeats ?? .max))) }
  }

  private struct Numbers: Decodable {
    var seconds: Double
    /// Of the limit.
    var share: Double?
    var peakRssBytes: Int
    var againstFast: Double?
    var againstOneThread: Double?
    var limitAgainstOneThread: Double?
  }

  /// What is measured for a line in one round; nil for what was not asked for.
  private struct Round {
    var ours: Numbers
    var theirs: Numbers?
    var rounded: Numbers?
  }

  private func measure(_ line: SpeedLine) throws -> Round {
    Round(
      ours: try OwnProcess.bench(line.arguments + (scaling ? ["--scaling"] : [])),
      theirs: try peer.map { try OwnProcess.shell($0, line.peerArguments) },
      rounded: turbo && line.hasTurbo ? try OwnProcess.bench(line.arguments + ["--precision", "turbo"]) : nil)
  }

  private func row(_ line: SpeedLine) throws -> String {
    let measured = try (0..<rounds).map { _ in try measure(line) }
    func cell(_ format: String, _ value: (Round) -> Double?) -> String {
      Ruler.median(measured.compactMap(value)).map { String(format: format, $0) } ?? "–"
    }
    let cells = [
      "`\(line.work)` (\(line.title))", cell("%.0f %%") { $0.ours.share.map { 100 * $0 } },
      cell("%.2f ×") { round in round.theirs.map { $0.seconds / round.ours.seconds } },
      cell("%.2f") { round in round.theirs.map { Double(round.ours.peakRssBytes) / Double(max(1, $0.peakRssBytes)) } },
      cell("%.2f ×") { $0.ours.againstOneThread }, cell("%.2f ×") { $0.ours.limitAgainstOneThread },
      cell("%.2f ×") { $0.rounded?.againstFast },
    ]
    return "| " + cells.joined(separator: " | ") + " |\n"
  }
}

/// One line of the table: what is measured, and how the peer is asked for the same.
struct SpeedLine {
  let work: String
  let title: String
  /// As many runs of both.
  var repeats = 5
  private let peerWork: [String]
  var hasTurbo = false

  func run(atMost most: Int) -> SpeedLine {
    var line = self
    line.repeats = min(repeats, most)
    return line
  }

  var arguments: [String] { work.split(separator: " ").map(String.init) + runs }
  var peerArguments: [String] { peerWork + runs }
  private var runs: [String] { ["--repeats", "\(repeats)"] }

  private static func transformer(_ options: String, _ title: String, repeats: Int = 5) -> SpeedLine {
    let theirs = options.contains("--latent") ? options : options + " --latent 5x32x52"
    return SpeedLine(
      work: "transformer \(options)", title: title, repeats: repeats,
      peerWork: ["transformer"] + theirs.split(separator: " ").map(String.init), hasTurbo: true)
  }

  static let all: [SpeedLine] = [
    transformer("--layers 4", "1.3B shape, 2,080 tokens"),
    transformer("--layers 2 --latent 5x60x104", "1.3B shape, 7,800 tokens"),
    transformer("--layers 1 --latent 21x60x104", "1.3B shape, 32,760 tokens", repeats: 3),
    transformer("--shape a14b --layers 1", "A14B shape, 2,080 tokens"),
    SpeedLine(work: "text", title: "512 tokens, 2 layers of UMT5-XXL", peerWork: ["text"]),
    SpeedLine(work: "vae", title: "9 frames of 416x240", repeats: 3, peerWork: ["vae", "--latent", "3x30x52"]),
    // Both start anew for each run.
    SpeedLine(
      work: "render", title: "wan-nano, cold process to checked clip", repeats: 5,
      peerWork: ["render", "--model", BuiltInModel.path, "--size", "128x80", "--dtype", "f32", "--guidance", "3"]),
  ]
}
