import ArgumentParser

@main
struct Moviola: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moviola", abstract: "A terminal studio for text-to-video with Wan 2.2.",
    discussion: ExitReason.table,
    subcommands: [StudioCommand.self, RenderCommand.self, InspectCommand.self, Bench.self, Trace.self],
    defaultSubcommand: StudioCommand.self)

  static func main() async {
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
