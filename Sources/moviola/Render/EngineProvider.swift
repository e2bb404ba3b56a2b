import Rendering

/// Opens the engine for a model: the one place that knows which engines there are.
struct EngineProvider: Sendable {
  /// - Parameter model: a model's name or folder; nil for the default one.
  /// - Returns: the engine, and the model's own settings with an empty prompt.
  var open: @Sendable (_ model: String?) throws -> (engine: any RenderEngine, defaults: Recipe)

  static let live = EngineProvider { _ in
    throw RenderError(.badModel, "no engine is built in yet", remedy: "use a later version")
  }
}
