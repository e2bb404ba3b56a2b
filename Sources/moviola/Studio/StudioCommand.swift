public import ArgumentParser
import Foundation
public import Prompting
import Rendering
import Studio
public import Terminal

/// `moviola` without a subcommand: opens the studio.
struct StudioCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studio", abstract: "Open the studio: compose, watch, browse, re-run (what moviola does by itself).")

  @OptionGroup var modelOptions: ModelOptions

  @Option(help: ArgumentHelp("A theme, as in Themes/*.toml or your themes folder.", valueName: "name"))
  var theme: String?

  @Option(help: "en or zh (default: by locale).")
  var language: PromptLanguage?

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Option(help: "How the moving preview is shown: auto, off, blocks or kitty.")
  var preview: ScreenOptions.PictureChoice?

  mutating func run() async throws {
    guard Console.isTerminal(STDIN_FILENO), Console.isTerminal(STDOUT_FILENO) else {
      throw RenderError(
        .inputOutput, "the studio needs a terminal for input and output",
        remedy: "moviola render \"a red ball bounces\" works without one")
    }
    try await StudioSession(self).run()
  }

  /// The configuration, with the arguments on top.
  func apply(to settings: inout StudioSettings) {
    if let theme { settings.options.theme = theme }
    if let language { settings.options.language = language }
    if ascii { settings.options.isASCII = true }
    if let preview { settings.preview = preview }
    settings.options.showsPreview = settings.preview != .off
  }
}

extension PromptLanguage: ExpressibleByArgument {}
extension ScreenOptions.PictureChoice: ExpressibleByArgument {}
