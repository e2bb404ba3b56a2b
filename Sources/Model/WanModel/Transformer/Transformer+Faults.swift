public import Tensors

extension Transformer {
  /// Where NaN or infinity first appears in a pass, in words; nil if nowhere.
  ///
  /// Asked when a step went wrong: it repeats the pass, and looks at the tokens after each part of each block.
  /// - Returns: "block 3 of 30, feed-forward"
  /// - Throws: ``ModelError/cancelled``
  public func placeOfNonFinite(
    _ latents: Tensor, timestep: Double, text: Text, isCancelled: () -> Bool
  ) throws -> String? {
    func isFaulty(_ tensor: Tensor) -> Bool { tensor.firstNonFinite() != nil }
    if isFaulty(latents) { return "the latents that it was given" }
    if isFaulty(text.hidden) { return "the projection of the text" }
    let (pass, x) = try enter(latents, [timestep])
    if isFaulty(pass.setting.times) { return "the embedding of the timestep" }
    if isFaulty(x) { return "the patch embedding" }
    for index in 0..<configuration.numLayers {
      var faulty: TransformerBlock.Part?
      try run(index..<index + 1, pass, [(x, text)], isCancelled) { part in
        if faulty == nil, isFaulty(x) { faulty = part }
      }
      if let faulty { return "block \(index + 1) of \(configuration.numLayers), \(faulty.rawValue)" }
    }
    return isFaulty(leave(x, pass)) ? "the head" : nil
  }
}
