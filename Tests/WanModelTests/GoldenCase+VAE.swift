import Checkpoints
import Tensors
import Testing
import WanModel

extension GoldenCase {
  /// Decodes the case's latents twice: nothing may be carried over from one clip to the next.
  func check(_ decoder: VAEDecoder, exactly: Bool) throws {
    let latents = try inputs.tensor(named: "latents").channelsLast()
    for _ in 0..<2 {
      var frames: [Tensor] = []
      try decoder.decode(latents, isCancelled: { false }, emit: { frames.append($0) })
      #expect(frames.count == 4 * (latents.shape[0] - 1) + 1)
      let clip = Tensor(frames.flatMap { $0.floats() }, shape: [frames.count] + frames[0].shape)
      try check(clip.channelsFirst().floats(), "video", exactly: exactly)
    }
  }

  /// Encodes the case's clip twice.
  /// - Returns: the clip, [frames, height, width, channels].
  @discardableResult
  func check(_ encoder: VAEEncoder, exactly: Bool) throws -> Tensor {
    let clip = try inputs.tensor(named: "video").channelsLast()
    for _ in 0..<2 {
      let latents = try encoder.encode(clip) { false }
      try check(latents.channelsFirst().floats(), "latents", exactly: exactly)
    }
    return clip
  }
}
