/// Size and rate of a clip: what an encoder must agree to before any work is done.
public struct ClipFormat: Hashable, Sendable {
  /// Pixels; even, because yuv420p halves both.
  public var width: Int
  public var height: Int
  public var framesPerSecond: Int

  public init(width: Int, height: Int, framesPerSecond: Int) {
    self.width = width
    self.height = height
    self.framesPerSecond = framesPerSecond
  }
}
