/// The sizes and lengths that a model can make: sides in steps of the VAE's stride times the transformer's patch, frames
/// in steps of the VAE's stride in time, after the first one.
///
///     try ClipGrid(width: 32, height: 32).check(recipe)     // "the width 848 is not …; use 832 or 864"
public struct ClipGrid: Codable, Hashable, Sendable {
  /// Pixels.
  public var width: Int
  public var height: Int
  public var frames: Int

  /// As it is, that of Wan 2.1 and Wan 2.2 A14B: strides of 4 and 8, patches of 2.
  public init(width: Int = 16, height: Int = 16, frames: Int = 4) {
    (self.width, self.height, self.frames) = (max(1, width), max(1, height), max(1, frames))
  }

  /// What every encoder of clips can take: chroma has a pixel for two.
  public static let encodable = ClipGrid(width: 2, height: 2, frames: 1)

  static let largestSide = 8192
  static let mostFrames = 100_001

  /// - Throws: ``RenderError``, code `badRecipe`, that offers the nearest valid values.
  public func check(_ recipe: Recipe) throws(RenderError) {
    try check(recipe.width, "width", width)
    try check(recipe.height, "height", height)
    try checkFrameCount(recipe.frameCount)
  }

  private func check(_ side: Int, _ name: String, _ step: Int) throws(RenderError) {
    guard side % step != 0 || side < step || side > Self.largestSide else { return }
    let choices = neighbours(of: side, from: step, through: Self.largestSide, by: step)
    throw RenderError(
      .badRecipe, "the \(name) \(side) is not a multiple of \(step) between \(step) and \(Self.largestSide)",
      remedy: "use \(choices)")
  }

  private func checkFrameCount(_ count: Int) throws(RenderError) {
    guard count < 1 || count > Self.mostFrames || (count - 1) % frames != 0 else { return }
    let choices = neighbours(of: count, from: 1, through: Self.mostFrames, by: frames)
    throw RenderError(
      .badRecipe, "\(count) frames are not possible: the count must be \(frames)n+1, at most \(Self.mostFrames)",
      remedy: "use \(choices)")
  }

  /// "480 or 496": the valid values on both sides of `value`, or the nearest one at an end.
  private func neighbours(of value: Int, from first: Int, through limit: Int, by step: Int) -> String {
    let last = first + (limit - first) / step * step
    if value <= first { return "\(first)" }
    if value >= last { return "\(last)" }
    let below = first + (value - first) / step * step
    return "\(below) or \(below + step)"
  }

  /// The nearest size.
  public func size(near width: Double, _ height: Double) -> (width: Int, height: Int) {
    func side(_ value: Double, _ step: Int) -> Int {
      max(step, Int((min(value, Double(Self.largestSide)) / Double(step)).rounded()) * step)
    }
    return (side(width, self.width), side(height, self.height))
  }

  /// The longest clip of at most `count` frames.
  public func frameCount(below count: Int) -> Int { max(0, count - 1) / frames * frames + 1 }
}
