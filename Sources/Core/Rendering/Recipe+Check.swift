extension Recipe {
  /// What no model could render, found before anything is loaded. A model's own limits are its engine's business.
  ///
  /// - Parameter grid: the sizes and lengths of the model, see ``RenderEngine/grid``.
  /// - Throws: the first ``RenderError``, code `badRecipe`; for sizes and counts it offers the nearest valid value.
  public func check(on grid: ClipGrid = ClipGrid()) throws(RenderError) {
    try Self.check(prompt: prompt)
    try grid.check(self)
    try Self.check(framesPerSecond, in: 1...240, "frames per second")
    try Self.check(steps, in: 1...1000, "steps")
    try Self.check(shift, in: 0.01...100, "shift")
    try Self.check(guidance.high, in: 0...100, "guidance of the high-noise expert")
    try Self.check(guidance.low, in: 0...100, "guidance of the low-noise expert")
    try Self.check(boundary, in: 0...1, "boundary")
    for lora in loras { try Self.check(lora.strength, in: LoRAUse.strengths, "strength of the LoRA \(lora.path)") }
    if let stepCache { try Self.check(stepCache, in: 0...1, "threshold of the step cache") }
    if let skipGuidanceAfter {
      try Self.check(skipGuidanceAfter, in: 0...1, "share of the steps after which guidance is skipped")
    }
  }

  /// The part of ``check(on:)`` that needs no model.
  public static func check(prompt: String) throws(RenderError) {
    guard prompt.allSatisfy(\.isWhitespace) else { return }
    throw RenderError(
      .badRecipe, "the prompt is empty", remedy: "say what the clip shows, for example \"a red ball bounces\"")
  }

  /// Bytes of all frames as RGB24. A recipe that passes ``check(on:)`` cannot overflow it.
  public var rgbBytes: Int { width * height * 3 * frameCount }

  private static func check<Number: Comparable>(
    _ value: Number, in range: ClosedRange<Number>, _ name: String
  ) throws(RenderError) {
    guard !range.contains(value) else { return }
    throw RenderError(
      .badRecipe, "the \(name) cannot be \(value)", remedy: "use \(range.lowerBound) to \(range.upperBound)")
  }
}
