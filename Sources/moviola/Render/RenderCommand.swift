import ArgumentParser
import Foundation
import Rendering

/// `moviola render`: a prompt becomes a checked MP4.
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Render a prompt into a verified MP4.",
    usage: """
      moviola render PROMPT [--negative T] [--model MODEL] [--high FILE] [--low FILE] [--size WxH] [--frames N] [--fps F] [--steps N]
                     [--sampler S] [--preset P] [--shift X] [--guidance HIGH[,LOW]] [--boundary B]
                     [--seed N] [--precision P] [--lora FILE[=STRENGTH][@high|@low]]…
                     [--speed plain|balanced] [--step-cache THRESHOLD] [--skip-guidance-after FRACTION]
                     [--max-memory BYTES] [--preload] [--no-text-cache] [-o FILE] [--json] [--quiet] [--no-history]
      moviola render --from CLIP [PROMPT] [any of the above]
      """,
    discussion: """
      Settings that are not given are the model's own. The finished clip holds its whole recipe: --from renders \
      that again, with whatever you give beside it changed.

      Standard output gets the path of the clip, with --json one JSON object a line, with -o - the MP4 itself \
      (fragmented, so that it can be piped). --json and -o - exclude each other: both want standard output. \
      Progress and errors go to standard error.

      LoRAs that were distilled to 4 steps, such as Wan2.2-Lightning, come in pairs, one for each expert:
        --preset distilled --lora HIGH.safetensors@high --lora LOW.safetensors@low

      Ctrl-C cancels and removes what is unfinished; a second one does not wait for the engine.

      \(ExitReason.table)
      """)

  @OptionGroup var clip: ClipRequest
  var prompt: String? { clip.prompt }
  var options: RenderOptions { clip.options }

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The MP4 to write, replacing it if it exists; - is standard output "
        + "(default: named after prompt and seed, replacing nothing).", valueName: "file"))
  var output: String?

  @Flag(help: "Print every event as a JSON object on a line of its own.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  @Flag(inversion: .prefixedNo, help: "Keep this render in the history that the studio shows.")
  var history = true

  func validate() throws {
    if json && output == "-" {
      throw ValidationError("--json and -o - both want standard output: give -o a file name")
    }
    if json && quiet { throw ValidationError("--json and --quiet exclude each other") }
  }

  mutating func run() async throws {
    try await run(with: .live(options.modelOptions.registry), recording: history ? .live : .off)
  }

  func run(with provider: EngineProvider, recording: RenderRecording = .off) async throws {
    let reporter = makeReporter()
    RefusedMemory.end { failure in
      reporter.failed(failure)
      reporter.leave()
    }
    do {
      try await RenderSession(
        request: clip, output: output, provider: provider, reporter: reporter, recording: recording
      ).run()
    } catch {
      reporter.failed(Failure(error))
      throw error
    }
  }

  private func makeReporter() -> any Reporter {
    if json { return JSONReporter(write: Console.output) }
    if quiet { return SilentReporter() }
    let environment = ProcessInfo.processInfo.environment
    guard Console.isTerminal(STDERR_FILENO), environment["TERM"] != "dumb" else {
      return LineReporter(showsPath: output != "-")
    }
    return LiveReporter(style: TerminalStyle(environment), showsPath: output != "-")
  }
}
