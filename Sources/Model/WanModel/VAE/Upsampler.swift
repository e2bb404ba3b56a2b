import Tensors

/// Doubles height and width and may change the channels.
final class Upsampler: FrameStage {
  private let space: ConvolutionKernel

  init(channels: Int, to outputs: Int, _ weights: WeightReader) throws {
    space = try weights.convolution("resample.1", from: channels, to: outputs, kernel: [3, 3])
  }

  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    [device.convolveUpsampled(frame, space)]
  }

  var rememberedBytes: Int { 0 }

  func forget() {}
}

/// Turns every frame but the first into two. A stage of its own before the ``Upsampler``, so that of two frames the
/// second waits while it is still small.
final class TimeDoubler: FrameStage {
  private let channels: Int
  private let time: CausalConvolution
  private var isFirst = true

  init(channels: Int, _ weights: WeightReader) throws {
    self.channels = channels
    time = CausalConvolution(
      try weights.convolution("time_conv", from: channels, to: 2 * channels, kernel: [3, 1, 1]))
  }

  /// The first frame of a clip passes as it is, and the time convolution never sees it.
  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    if isFirst {
      isFirst = false
      return [frame]
    }
    let both = time(frame, on: device)
    // In the type that the upsampler's convolution reads: one of the two has to wait.
    return [0, channels].map { first in
      device.forConvolutions(device.channels(first..<first + channels, of: both))
    }
  }

  var rememberedBytes: Int { time.rememberedBytes }

  func forget() {
    isFirst = true
    time.forget()
  }
}
