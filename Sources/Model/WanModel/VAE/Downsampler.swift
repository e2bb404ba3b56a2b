import Tensors

/// Halves height and width; with a time convolution also turns every two frames after the first into one.
final class Downsampler: FrameStage {
  private let space: ConvolutionKernel
  private let time: ConvolutionKernel?
  /// The last frame that went into a result, and the one that waits for its partner.
  private var last: FeatureMap?
  private var waiting: FeatureMap?

  init(channels: Int, halvesTime: Bool, _ weights: WeightReader) throws {
    space = try weights.convolution("resample.1", from: channels, to: channels, kernel: [3, 3])
    time = halvesTime ? try weights.convolution("time_conv", from: channels, to: channels, kernel: [3, 1, 1]) : nil
  }

  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    // A convolution with stride 2 that pads right and bottom alone: the odd places of one with stride 1.
    let small = device.oddPixels(device.convolve([frame], space))
    guard let time else { return [small] }
    guard let last else {
      self.last = small
      // A copy, because what comes after may add to it.
      return [small.copy()]
    }
    guard let first = waiting.take() else {
      waiting = small
      return []
    }
    self.last = small
    return [device.convolve([last, first, small], time)]
  }

  func forget() {
    last = nil
    waiting = nil
  }

  var rememberedBytes: Int { (last?.byteCount ?? 0) + (waiting?.byteCount ?? 0) }
}
