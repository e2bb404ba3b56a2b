import ArgumentParser
import Foundation
import Rendering
import Tensors

/// `moviola bench render`: the whole command from a cold process to a checked clip.
struct RenderBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Time `moviola render` in a process of its own, or measure what --speed costs.",
    discussion: """
      --speed-table renders some prompts plainly and with each way of sparing passes, in this process and in turn, and \
      says for each how many passes it computed, how much faster it denoised, and how far its frames are from the plain \
      ones: PSNR and SSIM as mean and worst, motion as least and most. The exit code is 1 if --speed balanced is below \
      \(Int(Speed.leastPSNR)) dB or \(Speed.leastSSIM), or changes the motion by more than a tenth.
      """)

  @Argument(help: "What goes to `moviola render`, after --; a prompt if it is left out.")
  var arguments: [String] = ["a red ball bounces in a grid room", "--seed", "7"]

  @Option(help: "Measured runs, of which the fastest counts.")
  var repeats = 2

  @Flag(help: "Measure the command on a single core too, in turn.")
  var scaling = false

  @Flag(help: "Measure what sparing passes gives and costs.")
  var speedTable = false

  @OptionGroup var modelOptions: ModelOptions

  @Option(help: "With --speed-table: how many prompts, 1 to \(SpeedTable.prompts.count).")
  var prompts = SpeedTable.prompts.count

  @Option(help: "With --speed-table: frames of each clip, 4n+1 (default: the model's own).")
  var frames: Int?

  @Option(help: "With --speed-table: pixels, as in 480x272 (default: the model's own).", transform: Size.init)
  var size: Size?

  @Flag(help: "One JSON object as the last line, for programs.")
  var json = false

  func validate() throws {
    guard (1...SpeedTable.prompts.count).contains(prompts) else {
      throw ValidationError("--prompts is a number from 1 to \(SpeedTable.prompts.count).")
    }
  }

  private struct Line: Encodable {
    var work = "render"
    var arguments: [String]
    var seconds: Double
    var peakRssBytes: Int
    /// How many times faster than on one core: the median of runs in turn.
    var againstOneThread: Double?
  }

  func run() async throws {
    if speedTable { try await writeSpeedTable() } else { try timeCommand() }
  }

  private func writeSpeedTable() async throws {
    var (engine, recipe) = try EngineProvider.live(modelOptions.registry).open(
      modelOptions.model, experts: modelOptions.experts)
    if let frames { recipe.frameCount = frames }
    if let size { (recipe.width, recipe.height) = (size.width, size.height) }
    let table = try await SpeedTable(engine, recipe, prompts: prompts, repeats: repeats) { Console.error($0 + "\n") }
    Console.output(table.text)
    if json { Console.output(try BenchReport.json(table.rows)) }
    if !table.keepsItsWord { throw ExitCode(1) }
  }

  private func timeCommand() throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/moviola-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let clip = "\(folder)/clip.mp4"
    let turns = try (0..<max(1, repeats)).map { _ in
      (all: try time(clip), alone: scaling ? try OneCore.run { try time(clip) } : nil)
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    let line = Line(
      arguments: arguments, seconds: turns.map(\.all).min() ?? 0, peakRssBytes: usage.ru_maxrss * 1024,
      againstOneThread: Ruler.median(turns.compactMap { turn in turn.alone.map { $0 / turn.all } }))
    Console.output(
      "render: \(arguments.joined(separator: " "))\n"
        + String(format: "  whole command  %.3f s\n", line.seconds)
        + (line.againstOneThread.map { String(format: "  on one core    %.2f times as long\n", $0) } ?? "")
        + "  peak memory    \(Units.bytes(line.peakRssBytes))\n")
    if json { Console.output(try BenchReport.json(line)) }
  }

  private func time(_ clip: String) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    process.arguments = ["render"] + arguments + ["-o", clip]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let seconds = try Measurement.time {
      try process.run()
      process.waitUntilExit()
    }
    guard process.terminationStatus == 0 else {
      throw BenchFailure(
        "`moviola render` failed with status \(process.terminationStatus); run it by itself to see why")
    }
    return seconds
  }
}
