import Tensors

/// Norm, SiLU, convolution, twice, beside a shortcut. Where that is the frame itself, the frame becomes the result.
final class ResidualBlock: FrameStage {
  private let firstNorm, secondNorm: Tensor
  private let first, second: CausalConvolution
  private let shortcut: ConvolutionKernel?

  init(from inputs: Int, to outputs: Int, _ weights: WeightReader) throws {
    firstNorm = try weights.vector("norm1.gamma", inputs)
    first = CausalConvolution(try weights.convolution("conv1", from: inputs, to: outputs, kernel: [3, 3, 3]))
    secondNorm = try weights.vector("norm2.gamma", outputs)
    second = CausalConvolution(try weights.convolution("conv2", from: outputs, to: outputs, kernel: [3, 3, 3]))
    shortcut =
      inputs == outputs ? nil : try weights.convolution("conv_shortcut", from: inputs, to: outputs, kernel: [1, 1, 1])
  }

  func push(_ frame: FeatureMap, on device: any Device) -> [FeatureMap] {
    let normed = first(
      device.channelNorm(frame, gamma: firstNorm, silu: true), norm: secondNorm, on: device)
    let sum = shortcut.map { device.convolve([frame], $0) } ?? frame
    second.add(normed, to: sum, on: device)
    return [sum]
  }

  var rememberedBytes: Int { first.rememberedBytes + second.rememberedBytes }

  func forget() {
    first.forget()
    second.forget()
  }
}
