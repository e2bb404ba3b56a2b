import ArgumentParser
import BuiltInModel
import Foundation
import Prompting
import Rendering
import Studio

/// `moviola bench studio`: a studio in a pseudo-terminal, typed at and watched from outside as a person would.
struct StudioBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studio",
    abstract: "Measure the studio: start, keys while both cores render, idle wake-ups, the cost of watching.",
    discussion: """
      The studio runs in a terminal of 120×34 that only this program sees, with a home of its own. Every figure \
      stands beside its limit; the exit code is 1 if one is over it.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "How many keys are typed in each part.")
  var keys = 100

  @Option(help: ArgumentHelp("How long is watched, idle and rendering.", valueName: "seconds"))
  var watch = 5

  func validate() throws {
    guard keys > 1, keys <= 10_000 else { throw ValidationError("--keys takes 2 to 10000") }
    guard watch > 0, watch <= 600 else { throw ValidationError("--watch takes 1 to 600 seconds") }
  }

  mutating func run() async throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "moviola-bench-\(getpid())")
    defer { try? FileManager.default.removeItem(at: home) }
    try Self.leaveLongDraft(in: home)
    let figures = try StudioTrial(home: home, keys: keys, watch: .seconds(watch)).figures()
    Console.output(json ? try Self.line(figures) : Self.table(figures))
    if figures.contains(where: { !$0.isWithin }) { throw ExitCode(1) }
  }

  /// A recipe that keeps the processor busy for longer than the trial takes.
  private static func leaveLongDraft(in home: URL) throws {
    var recipe = try EngineProvider.live.open(BuiltInModel.name).defaults
    (recipe.width, recipe.height, recipe.frameCount, recipe.steps) = (320, 192, 49, 200)
    let slots = PromptSlots(subject: "a red ball", action: "bounces", scene: "a grid room")
    let folder = MoviolaHome(environment: ["MOVIOLA_HOME": home.path(percentEncoded: false)]).state
    DraftFile(url: folder.appending(path: "draft.json")).write(
      Draft(slots: slots, freeText: "", isFree: false, recipe: recipe, hasRandomSeed: false, seeds: []))
  }

  private static func line(_ figures: [StudioTrial.Figure]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(["figures": figures]), as: UTF8.self) + "\n"
  }

  private static func table(_ figures: [StudioTrial.Figure]) -> String {
    let width = figures.map(\.name.count).max() ?? 0
    return figures.map { figure in
      let name = figure.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let value = String(format: "%8.2f %-2@ of %g", figure.value, figure.unit as NSString, figure.limit)
      return "\(figure.isWithin ? "ok  " : "over")  \(name)  \(value)\(figure.note.map { "   " + $0 } ?? "")\n"
    }.joined()
  }
}
