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
  /// The same engine within limits. An engine that takes nothing of this machine has none.
  func within(_ limits: EngineLimits) -> any RenderEngine
}

extension RenderEngine {
  public func within(_ limits: EngineLimits) -> any RenderEngine { self }
}

/// What a render may take of this machine.
public struct EngineLimits: Hashable, Sendable {
  /// Bytes that the process may have in memory at a time, its own and pages of files together; nil for most of what is
  /// free when a render starts.
  public var maxMemory: Int?
  /// Whether weights are read from disk before they are needed.
  public var preloads: Bool
  /// Whether texts that were encoded before are read from disk instead, and new ones kept there.
  public var usesTextCache: Bool

  public init(maxMemory: Int? = nil, preloads: Bool = false, usesTextCache: Bool = true) {
    (self.maxMemory, self.preloads, self.usesTextCache) = (maxMemory, preloads, usesTextCache)
  }
}

extension RenderEngine {
  public var grid: ClipGrid { ClipGrid() }
}
