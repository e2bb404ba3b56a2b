/// Turns a recipe into events and frames.
///
///     let stream = engine.render(recipe)
///     for try await event in stream {
///       if case .frames(let frames) = event { … }
///     }
///
/// `render` returns at once; the work happens on the engine's own thread. Cancelling is `stream.cancel()`:
/// the stream then ends by throwing ``RenderError`` with code `cancelled`.
public protocol RenderEngine: Sendable {
  /// Sizes and lengths that the model can make.
  var grid: ClipGrid { get }
  /// Checks the recipe against the model and predicts what it needs. Reads headers, never weights.
  func plan(_ recipe: Recipe) throws -> Plan
  func render(_ recipe: Recipe) -> RenderStream
}

extension RenderEngine {
  public var grid: ClipGrid { ClipGrid() }
}
