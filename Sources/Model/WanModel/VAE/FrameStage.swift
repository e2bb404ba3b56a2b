import Tensors

/// One step of the encoder or decoder: takes the next frame of the clip and gives the frames that follow from it.
protocol FrameStage: AnyObject {
  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap]
  /// Back to before the first frame.
  func forget()
  /// Bytes of the frames that it remembers now for those to come.
  var rememberedBytes: Int { get }
}

/// Stages in a row.
struct FrameStages {
  let stages: [any FrameStage]

  /// Pushes a frame through, depth first: a frame goes all the way before the next one starts. A list of what is
  /// still to do, not recursion, so that no picture outlives its use.
  /// - Throws: ``ModelError/cancelled`` before any stage of any frame, or what `emit` throws.
  func push(
    _ frame: FeatureMap, on device: any Device, isCancelled: () -> Bool, emit: (FeatureMap) throws -> Void
  ) throws {
    var pending = [(stage: 0, frame: frame)]
    while let (stage, frame) = pending.popLast() {
      if isCancelled() { throw ModelError.cancelled }
      guard stage < stages.count else {
        try emit(frame)
        continue
      }
      let results = stages[stage].push(frame, on: device)
      pending += results.reversed().map { (stage + 1, $0) }
    }
  }

  func forget() {
    for stage in stages { stage.forget() }
  }

  var rememberedBytes: Int { stages.reduce(0) { $0 + $1.rememberedBytes } }
}

/// The residual blocks of a level.
func residualStages(_ level: VAELevel, _ weights: WeightReader) throws -> [any FrameStage] {
  try level.blocks.enumerated().map { index, name in
    try ResidualBlock(from: index == 0 ? level.inputs : level.outputs, to: level.outputs, weights[name])
  }
}

/// Residual block, attention, residual block, at the coarsest resolution.
func middleStages(_ width: Int, _ weights: WeightReader) throws -> [any FrameStage] {
  [
    try ResidualBlock(from: width, to: width, weights["resnets.0"]),
    try PictureAttention(channels: width, weights["attentions.0"]),
    try ResidualBlock(from: width, to: width, weights["resnets.1"]),
  ]
}
