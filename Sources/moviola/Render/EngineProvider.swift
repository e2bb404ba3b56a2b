import BuiltInModel
import Foundation
import LocalEngine
import Rendering
import WanModel

/// Opens the engine for a model: the one place that knows which engines there are.
struct EngineProvider: Sendable {
  typealias Opened = (engine: any RenderEngine, defaults: Recipe)
  private let opening: @Sendable (_ model: String?, _ experts: ExpertFiles?) throws -> Opened

  init(_ opening: @escaping @Sendable (_ model: String?, _ experts: ExpertFiles?) throws -> Opened) {
    self.opening = opening
  }

  /// - Parameters:
  ///   - model: a model's name, folder or file; nil for the default one, or for what lies around the experts.
  ///   - experts: in place of the model's own.
  /// - Returns: the engine, and the model's own settings with an empty prompt.
  func open(_ model: String?, experts: ExpertFiles? = nil) throws -> Opened { try opening(model, experts) }

  /// The built-in model by its name, any other as a folder or file; recipes keep the whole path, so that they can be
  /// rendered again from anywhere.
  static let live = EngineProvider { model, experts in
    let name = model ?? experts?.high ?? experts?.low ?? BuiltInModel.name
    let isBuiltIn = name == BuiltInModel.name
    let path = isBuiltIn ? BuiltInModel.path : ModelOptions.whole(name)
    let chosen = ChosenExperts(high: experts?.high, low: experts?.low)
    let engine = try LocalEngine(folder: ModelFolder(path: path, experts: chosen), name: isBuiltIn ? name : path)
    var defaults = engine.defaults
    defaults.experts = experts
    return (engine, defaults)
  }
}
