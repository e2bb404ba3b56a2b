import ArgumentParser
import Foundation
import Models
import Rendering

/// How a model is named on the command line, wherever one is.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model's name (moviola models lists them), folder or file (default: the built-in one).", valueName: "model"))
  var model: String?

  @OptionGroup var expertOptions: ExpertOptions

  @Option(
    help: ArgumentHelp("A ComfyUI folder in which the model's name is looked for as well.", valueName: "dir"))
  var comfyui: String?

  var experts: ExpertFiles? { expertOptions.files }

  /// The models that may be named.
  var registry: ModelRegistry { .live(comfyUI: comfyui) }

  static func whole(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
}

/// The files of the experts, where the model's own are not wanted.
struct ExpertOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The high-noise expert's file, where the model's own is not wanted; the other is found by its name.",
      valueName: "file"))
  var high: String?

  @Option(help: ArgumentHelp("The low-noise expert's file.", valueName: "file"))
  var low: String?

  /// nil if nothing was chosen; paths are whole ones, so that the recipe works from anywhere.
  var files: ExpertFiles? {
    guard high != nil || low != nil else { return nil }
    return ExpertFiles(high: high.map(ModelOptions.whole), low: low.map(ModelOptions.whole))
  }
}
