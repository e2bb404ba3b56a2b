import ArgumentParser
import Foundation
import History
import Rendering

/// `moviola plan`: what a render would need, and whether this machine has it.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say what a render would need, and whether it fits, without rendering.",
    usage: "moviola plan PROMPT [any option of moviola render]",
    discussion: """
      Each phase runs without its arithmetic on a model without weights, so the numbers are those of the render \
      itself. Anonymous memory belongs to the process; mapped memory is pages of files, most of them weights. Times \
      come from renders that this machine has done, and are a dash until there is one.

      The exit code is 0 if it fits and \(ExitReason.noSpace.rawValue) if it does not; then follows what would, the \
      least loss first.
      """)

  @OptionGroup var clip: ClipRequest

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where the clip would go: the room on that disk counts.", valueName: "file"))
  var output: String?

  @Flag(help: "Print the plan as a JSON object.")
  var json = false

  // So that the line of a render can be asked about as it is.
  @Flag(name: .shortAndLong, help: .hidden)
  var quiet = false

  @Flag(inversion: .prefixedNo, help: .hidden)
  var history = true

  mutating func run() async throws {
    let session = RenderSession(
      request: clip, output: output, provider: .live(clip.options.modelOptions.registry), reporter: SilentReporter())
    let (recipe, engine, _) = try session.resolve()
    let paper = try await PlanPaper(recipe, engine, destination: try session.destination(for: recipe).name)
    Console.output(json ? try paper.json() : paper.text)
    if !paper.fits { throw ExitCode(ExitReason.noSpace.rawValue) }
  }
}

extension Ledger {
  /// How fast this machine has been, if there is a ledger that says so. None is made.
  static func knownSpeed(for recipe: Recipe, environment: [String: String]) async -> MachineSpeed? {
    let file = MoviolaHome(environment: environment).ledgerFile
    guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
    return try? await Ledger(at: file).speed(recipe)
  }
}
