extension Recipe {
  /// What no model could render, found before anything is loaded. A model's own limits are its engine's business.
  ///
  /// - Throws: the first ``RenderError``, code `badRecipe`; for sizes and counts it offers the nearest valid value.
  public func check() throws(RenderError) {
    try Self.check(prompt: prompt)
    try Self.checkSize(width, "width")
    try Self.checkSize(height, "height")
    try Self.checkFrameCount(frameCount)
    try Self.check(framesPerSecond, in: 1...240, "frames per second")
    try Self.check(steps, in: 1...1000, "steps")
    try Self.check(shift, in: 0.01...100, "shift")
    try Self.check(guidance.high, in: 0...100, "guidance of the high-noise expert")
    try Self.check(guidance.low, in: 0...100, "guidance of the low-noise expert")
    try Self.check(boundary, in: 0...1, "boundary")
  }

  /// The part of ``check()`` that needs no model.
  public static func check(prompt: String) throws(RenderError) {
    guard prompt.allSatisfy(\.isWhitespace) else { return }
    throw RenderError(
      .badRecipe, "the prompt is empty", remedy: "say what the clip shows, for example \"a red ball bounces\"")
  }

  /// Bytes of all frames as RGB24. A recipe that passes ``check()`` cannot overflow it.
  public var rgbBytes: Int { width * height * 3 * frameCount }

  /// The side of a clip goes by 16 pixels: 8 in the VAE, 2 in the transformer's patches.
  static let sizeStep = 16
  static let largestSide = 8192
  static let mostFrames = 100_001

  private static func checkSize(_ side: Int, _ name: String) throws(RenderError) {
    guard side % sizeStep != 0 || !(sizeStep...largestSide).contains(side) else { return }
    let choices = neighbours(of: side, from: sizeStep, through: largestSide, by: sizeStep)
    throw RenderError(
      .badRecipe, "the \(name) \(side) is not a multiple of 16 between 16 and \(largestSide)",
      remedy: "use \(choices)")
  }

  private static func checkFrameCount(_ count: Int) throws(RenderError) {
    guard count < 1 || count > mostFrames || count % 4 != 1 else { return }
    let choices = neighbours(of: count, from: 1, through: mostFrames, by: 4)
    throw RenderError(
      .badRecipe, "\(count) frames are not possible: the count must be 4n+1, at most \(mostFrames)",
      remedy: "use \(choices)")
  }

  private static func check<Number: Comparable>(
    _ value: Number, in range: ClosedRange<Number>, _ name: String
  ) throws(RenderError) {
    guard !range.contains(value) else { return }
    throw RenderError(
      .badRecipe, "the \(name) cannot be \(value)", remedy: "use \(range.lowerBound) to \(range.upperBound)")
  }

  /// "480 or 496": the valid values on both sides of `value`, or the nearest one at an end.
  private static func neighbours(of value: Int, from first: Int, through last: Int, by step: Int) -> String {
    if value <= first { return "\(first)" }
    if value >= last { return "\(last)" }
    let below = first + (value - first) / step * step
    return "\(below) or \(below + step)"
  }
}
