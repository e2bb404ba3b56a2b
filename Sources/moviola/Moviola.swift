import ArgumentParser
import Foundation
import Logging
import Rendering

@main
struct Moviola: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "moviola", abstract: "A terminal studio for text-to-video with Wan 2.2.",
    discussion: ExitReason.table, version: "moviola \(version)",
    subcommands: [
      StudioCommand.self, RenderCommand.self, PlanCommand.self, ModelsCommand.self, InspectCommand.self,
      DoctorCommand.self, Bench.self, Trace.self,
    ],
    defaultSubcommand: StudioCommand.self)

  static func main() async {
    StandardStreams.fill()
    EarlySignals.install()
    RefusedMemory.end()
    let log = LogFile(MoviolaHome(environment: ProcessInfo.processInfo.environment).log)
    LoggingSystem.bootstrap { _ in LogFileHandler(file: log) }
    do {
      try ArgumentText.check()
      try checkCommand(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Failure.exit(with: error)
    }
    Failure.exit(ExitReason.done.rawValue)
  }

  /// The parser would take a word that is no command for an argument of the default one, and answer `--help` behind it
  /// with the help of that.
  static func checkCommand(_ arguments: some Sequence<String>) throws {
    var command: any ParsableCommand.Type = Moviola.self
    for word in arguments {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = known.first(where: { $0._commandName == word }) else {
        throw ValidationError("there is no command \"\(word)\"")
      }
      command = next
    }
  }
}
