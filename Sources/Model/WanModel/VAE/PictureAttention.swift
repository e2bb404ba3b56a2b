import Tensors

/// Self-attention with one head among the pixels of a single frame.
final class PictureAttention: FrameStage {
  private let channels: Int
  private let norm: Tensor
  private let queryKeyValue, projection: ConvolutionKernel

  init(channels: Int, _ weights: WeightReader) throws {
    self.channels = channels
    norm = try weights.vector("norm.gamma", channels)
    queryKeyValue = try weights.convolution("to_qkv", from: channels, to: 3 * channels, kernel: [1, 1])
    projection = try weights.convolution("proj", from: channels, to: channels, kernel: [1, 1])
  }

  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    let all = device.convolve([device.channelNorm(frame, gamma: norm, silu: false)], queryKeyValue)
    let parts = (0..<3).map { part in
      device.channels(part * channels..<(part + 1) * channels, of: all).picture()
        .reshaped([frame.height * frame.width, channels])
    }
    let one = HeadShape(heads: 1)
    let mixed = device.attention(
      device.queries(parts[0], one), over: device.memory(keys: parts[1], values: parts[2], one),
      scale: 1 / Float(channels).squareRoot(), bias: nil
    ).asFloat32()
    let picture = FeatureMap(mixed.reshaped([frame.height, frame.width, channels]))
    device.addConvolution([picture], projection, to: frame)
    return [frame]
  }

  var rememberedBytes: Int { 0 }

  func forget() {}
}
