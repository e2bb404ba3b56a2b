import ArgumentParser
import Foundation
import Logging
import Rendering

@main
struct Moviola: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moviola", abstract: "A terminal studio for text-to-video with Wan 2.2.",
    discussion: ExitReason.table,
    subcommands: [
      StudioCommand.self, RenderCommand.self, PlanCommand.self, ModelsCommand.self, InspectCommand.self,
      DoctorCommand.self, Bench.self, Trace.self,
    ],
    defaultSubcommand: StudioCommand.self)

  static func main() async {
    let log = LogFile(MoviolaHome(environment: ProcessInfo.processInfo.environment).log)
    LoggingSystem.bootstrap { _ in LogFileHandler(file: log) }
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Failure.exit(with: error)
    }
  }
}
