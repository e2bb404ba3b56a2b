import Checkpoints
import Foundation
import LocalEngine
import Models
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

  /// What to know about the files of a recipe's model before it renders.
  var notes: @Sendable (Recipe) -> [String] = { _ in [] }

  static var live: EngineProvider { .live(.live()) }

  /// Recipes keep the built-in model's name, and of any other the whole path, so that they can be rendered again from
  /// anywhere.
  static func live(_ registry: ModelRegistry) -> EngineProvider {
    var provider = EngineProvider { model, experts in
      let wanted = model ?? experts?.high ?? experts?.low ?? registry.builtIn.name
      var (name, location) = try registry.resolve(wanted)
      if let experts { location.experts = experts }
      let home = MoviolaHome(environment: ProcessInfo.processInfo.environment)
      let engine = try LocalEngine(
        folder: location.folder, name: name, shelf: StateShelf(home.unfinished), texts: TextCache(home.texts),
        fingerprints: FingerprintMemory(file: home.fingerprints.path(percentEncoded: false)))
      var defaults = engine.defaults
      defaults.experts = location.experts
      return (engine, defaults)
    }
    provider.notes = { registry.notes(on: $0) }
    return provider
  }
}
