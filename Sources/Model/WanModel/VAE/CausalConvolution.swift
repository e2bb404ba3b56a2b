import Tensors

/// A convolution over time and space that sees only this frame and those before it: it remembers the last
/// frames it was given, so that a clip can be pushed through it frame by frame.
final class CausalConvolution {
  private let kernel: ConvolutionKernel
  private var past: [FeatureMap] = []

  init(_ kernel: ConvolutionKernel) { self.kernel = kernel }

  /// The output for the next frame of the clip. Before the first frame there are zeros.
  func callAsFunction(_ frame: FeatureMap, on device: any Device) -> FeatureMap {
    device.convolve(window(frame, device), kernel)
  }

  /// Adds it to x.
  func add(_ frame: FeatureMap, to x: FeatureMap, on device: any Device) {
    device.addConvolution(window(frame, device), kernel, to: x)
  }

  /// The output, normed and through SiLU, for convolutions.
  func callAsFunction(_ frame: FeatureMap, norm gamma: Tensor, on device: any Device) -> FeatureMap {
    device.convolve(window(frame, device), kernel, norm: gamma)
  }

  /// What the kernel sees: the frame and those before it. Remembers them for the next.
  private func window(_ frame: FeatureMap, _ device: any Device) -> [FeatureMap?] {
    let frame = device.forConvolutions(frame)
    let missing = kernel.frames - 1 - past.count
    let window = [FeatureMap?](repeating: nil, count: missing) + past + [frame]
    past = Array((past + [frame]).suffix(kernel.frames - 1))
    return window
  }

  func forget() { past = [] }

  var rememberedBytes: Int { past.reduce(0) { $0 + $1.byteCount } }
}
