public import Checkpoints
public import Tensors

/// The causal 3-D VAE's encoder: frames → latents, as the transformer knows them.
///
///     let encoder = try VAEEncoder(configuration, checkpoint, on: device)
///     let latents = try encoder.encode(clip) { false }    // [frames, height, width, 3] → [1 + (frames − 1)/4, …, zDim]
///
/// The most likely latents (the mean of the posterior), normalised with the model's mean and deviation. The first frame
/// makes one latent frame, every four others another. Source: as for ``VAEDecoder``.
public final class VAEEncoder {
  public let configuration: VAEConfiguration
  private let device: any Device
  private let enter: CausalConvolution
  private let stages: FrameStages
  private let finalNorm: Tensor
  private let leave: CausalConvolution
  private let toLatent: ConvolutionKernel

  public init(_ configuration: VAEConfiguration, _ checkpoint: Checkpoint, on device: any Device) throws {
    self.configuration = configuration
    self.device = device
    let all = WeightReader(checkpoint: checkpoint)
    let weights = all["encoder"]
    let (z, last) = (configuration.zDim, (configuration.dimMult.last ?? 1) * configuration.baseDim)
    enter = CausalConvolution(
      try weights.convolution("conv_in", from: configuration.inChannels, to: configuration.baseDim, kernel: [3, 3, 3]))
    stages = FrameStages(
      stages: try configuration.encoderLevels.flatMap { try Self.downward($0, weights) }
        + middleStages(last, weights["mid_block"]))
    finalNorm = try weights.vector("norm_out.gamma", last)
    leave = CausalConvolution(try weights.convolution("conv_out", from: last, to: 2 * z, kernel: [3, 3, 3]))
    toLatent = try all.convolution("quant_conv", from: 2 * z, to: 2 * z, kernel: [1, 1, 1])
  }

  private static func downward(_ level: VAELevel, _ weights: WeightReader) throws -> [any FrameStage] {
    var stages = try residualStages(level, weights)
    if let downsampler = level.resampler {
      stages.append(
        try Downsampler(channels: level.outputs, halvesTime: downsampler.changesTime, weights[downsampler.name]))
    }
    return level.around(stages) { DownwardShortcutEnd($0, $1) }
  }

  /// - Parameters:
  ///   - clip: [frames, height, width, channels], −1…1; frames are 1 + 4n, sides multiples of the spatial stride.
  ///   - isCancelled: asked for every stage of every frame.
  /// - Throws: ``ModelError``
  public func encode(_ clip: Tensor, isCancelled: () -> Bool) throws -> Tensor {
    let (frames, height, width) = (clip.shape[0], clip.shape[1], clip.shape[2])
    let (time, space) = (configuration.temporalStride, configuration.spatialStride)
    let area = configuration.patchSize * configuration.patchSize
    guard frames % time == 1 % time, height % space == 0, width % space == 0,
      clip.shape[3] * area == configuration.inChannels
    else { throw ModelError.badInput("a clip of \(clip.shape) does not fit the VAE's strides of \(time) and \(space)") }
    forget()
    defer { forget() }
    var latents: [Float] = []
    for index in 0..<frames {
      let picture = clip.rows(index..<index + 1).reshaped([height, width, clip.shape[3]])
      let frame = FeatureMap(PixelPatches(size: configuration.patchSize).gather(picture))
      try stages.push(enter(frame, on: device), on: device, isCancelled: isCancelled) { latents += normalised($0) }
    }
    return Tensor(latents, shape: [(frames - 1) / time + 1, height / space, width / space, configuration.zDim])
  }

  private func normalised(_ frame: FeatureMap) -> [Float] {
    let both = leave(device.channelNorm(frame, gamma: finalNorm, silu: true), on: device)
    let z = configuration.zDim
    var mean = device.channels(0..<z, of: device.convolve([both], toLatent)).picture().floats()
    let (centre, spread) = (configuration.latentsMean.map { Float($0) }, configuration.latentsStd.map { 1 / Float($0) })
    for index in mean.indices { mean[index] = (mean[index] - centre[index % z]) * spread[index % z] }
    return mean
  }

  private func forget() {
    stages.forget()
    enter.forget()
    leave.forget()
  }
}
