import ArgumentParser
import Foundation

/// `moviola bench render`: the whole command from a cold process to a checked clip.
struct RenderBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Time `moviola render` in a process of its own.")

  @Argument(help: "What goes to `moviola render`, after --; a prompt if it is left out.")
  var arguments: [String] = ["a red ball bounces in a grid room", "--seed", "7"]

  @Option(help: "Measured runs, of which the fastest counts.")
  var repeats = 2

  @Flag(help: "One JSON object as the last line, for programs.")
  var json = false

  private struct Line: Encodable {
    var work = "render"
    var arguments: [String]
    var seconds: Double
    var peakRssBytes: Int
  }

  func run() throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/moviola-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var best = Double.infinity
    for number in 0..<max(1, repeats) { best = min(best, try time(clip: "\(folder)/\(number).mp4")) }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    let line = Line(arguments: arguments, seconds: best, peakRssBytes: usage.ru_maxrss * 1024)
    Console.output(
      "render: \(arguments.joined(separator: " "))\n"
        + String(format: "  whole command  %.3f s\n", line.seconds)
        + "  peak memory    \(Units.bytes(line.peakRssBytes))\n")
    if json { Console.output(try BenchReport.json(line)) }
  }

  private func time(clip: String) throws -> Double {
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
