import ArgumentParser

@main
struct Moviola: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moviola", abstract: "A terminal studio for text-to-video with Wan 2.2.", subcommands: [Trace.self])
}
