import BuiltInModel
import Foundation
import LocalEngine
import Rendering
import WanModel

/// Opens the engine for a model: the one place that knows which engines there are.
struct EngineProvider: Sendable {
  /// - Parameter model: a model's name or folder; nil for the default one.
  /// - Returns: the engine, and the model's own settings with an empty prompt.
  var open: @Sendable (_ model: String?) throws -> (engine: any RenderEngine, defaults: Recipe)

  /// The built-in model by its name, any other as a folder; recipes keep the whole path, so that they can be
  /// rendered again from anywhere.
  static let live = EngineProvider { model in
    let name = model ?? BuiltInModel.name
    let isBuiltIn = name == BuiltInModel.name
    let path = isBuiltIn ? BuiltInModel.path : URL(filePath: name).standardizedFileURL.path
    let home = MoviolaHome(environment: ProcessInfo.processInfo.environment)
    let engine = try LocalEngine(
      folder: ModelFolder(path: path), name: isBuiltIn ? name : path, shelf: StateShelf(home.unfinished))
    return (engine, engine.defaults)
  }
}
