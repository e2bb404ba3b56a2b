import ArgumentParser
import Foundation
import Models
import Rendering

/// `moviola models`: what there is, by name.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models on this machine, name them, verify them.",
    discussion: """
      Models are looked for in the models folder of Moviola's data folder, in the folders that config.toml names \
      ([models] folders and comfyui), and in the Hugging Face cache. Every name in the list can follow --model.

      \(ExitReason.table)
      """,
    subcommands: [ListModels.self, AddModel.self, RemoveModel.self, VerifyModel.self],
    defaultSubcommand: ListModels.self)

  /// Mistakes in the configuration are told beside the answer.
  static func noteProblems() {
    let environment = ProcessInfo.processInfo.environment
    let file = MoviolaHome(environment: environment).configFile
    for problem in ModelSettings.load(file, environment: environment).problems {
      Console.error("moviola: warning: \(Failure.oneLine(problem))\n")
    }
  }
}

struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models: name, size, type, which Wan, health.",
    discussion: """
      Reads headers only. Health is what is known: sound (verified, unchanged since), unverified, changed (a file \
      has another size or date since), or damaged and why.
      """)

  @Option(help: ArgumentHelp("A ComfyUI folder to look into as well.", valueName: "dir"))
  var comfyui: String?

  @Flag(help: "Print a JSON object for each model, one a line.")
  var json = false

  func run() throws {
    ModelsCommand.noteProblems()
    let models = try ModelRegistry.live(comfyUI: comfyui).find()
    Console.output(json ? models.map(ModelLine.make).joined() : ModelTable.text(models))
  }
}

struct AddModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Give a name to a model anywhere on this machine.",
    usage: "moviola models add PATH [--name NAME] [--high FILE] [--low FILE]")

  @Argument(help: "Its folder, or the file of one of its experts.")
  var path: String

  @Option(help: ArgumentHelp("What to call it (default: what its folder or file is called).", valueName: "name"))
  var name: String?

  @OptionGroup var experts: ExpertOptions

  func run() throws {
    let location = ModelLocation(path: ModelOptions.whole(path), experts: experts.files)
    let name = name ?? ModelRegistry.title(of: location)
    try ModelRegistry.live().add(location, name: name)
    Console.output("\(name) is \(Failure.oneLine(location.path))\n")
  }
}

struct RemoveModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take a name away again. Files stay where they are.")

  @Argument(help: "The name that was given with moviola models add.")
  var name: String

  func run() throws {
    let location = try ModelRegistry.live().remove(name)
    Console.output("\(name) is no name any more; \(Failure.oneLine(location.path)) stays\n")
  }
}
