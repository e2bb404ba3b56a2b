import Tensors

/// Doubles height and width and may change the channels; with a time convolution also turns every frame but the first
/// into two.
final class Upsampler: FrameStage {
  private let channels: Int
  private let space: ConvolutionKernel
  private let time: CausalConvolution?
  private var isFirst = true

  init(channels: Int, to outputs: Int, doublesTime: Bool, _ weights: WeightReader) throws {
    self.channels = channels
    space = try weights.convolution("resample.1", from: channels, to: outputs, kernel: [3, 3])
    time =
      doublesTime
      ? CausalConvolution(try weights.convolution("time_conv", from: channels, to: 2 * channels, kernel: [3, 1, 1]))
      : nil
  }

  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    inTime(frame, on: device).map { device.convolve([device.upsample($0)], space) }
  }

  /// The first frame of a clip passes as it is, and the time convolution never sees it.
  private func inTime(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    guard let time else { return [frame] }
    if isFirst {
      isFirst = false
      return [frame]
    }
    let both = time(frame, on: device)
    return [device.channels(0..<channels, of: both), device.channels(channels..<2 * channels, of: both)]
  }

  var rememberedBytes: Int { time?.rememberedBytes ?? 0 }

  func forget() {
    isFirst = true
    time?.forget()
  }
}
