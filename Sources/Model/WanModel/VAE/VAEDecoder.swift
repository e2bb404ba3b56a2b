public import Checkpoints
public import Tensors

/// The causal 3-D VAE's decoder: latents → frames, one by one.
///
///     let decoder = try VAEDecoder(configuration, checkpoint, on: device)
///     try decoder.decode(latents) { false } emit: { frame in … }    // frame [height, width, 3], −1…1
///
/// Each latent frame runs through the whole network alone; convolutions over time remember the two frames
/// before, so memory does not grow with the clip. The first latent frame gives one frame, the others four each.
/// Source: the Wan repository's `vae2_1.py` and `vae2_2.py`, and diffusers' `autoencoder_kl_wan.py`.
public final class VAEDecoder {
  public let configuration: VAEConfiguration
  private let device: any Device
  private let stages: FrameStages
  private let enter: CausalConvolution
  private let fromLatent: ConvolutionKernel
  private let finalNorm: Tensor
  private let leave: CausalConvolution

  public init(_ configuration: VAEConfiguration, _ checkpoint: Checkpoint, on device: any Device) throws {
    self.configuration = configuration
    self.device = device
    let all = WeightReader(checkpoint: checkpoint)
    let weights = all["decoder"]
    let (z, width) = (configuration.zDim, configuration.decoderWidths)
    fromLatent = try all.convolution("post_quant_conv", from: z, to: z, kernel: [1, 1, 1])
    enter = CausalConvolution(try weights.convolution("conv_in", from: z, to: width.first, kernel: [3, 3, 3]))
    stages = FrameStages(
      stages: try middleStages(width.first, weights["mid_block"])
        + configuration.decoderLevels.flatMap { try Self.upward($0, weights) })
    finalNorm = try weights.vector("norm_out.gamma", width.last)
    leave = CausalConvolution(
      try weights.convolution("conv_out", from: width.last, to: configuration.outChannels, kernel: [3, 3, 3]))
  }

  private static func upward(_ level: VAELevel, _ weights: WeightReader) throws -> [any FrameStage] {
    var stages = try residualStages(level, weights)
    if let upsampler = level.resampler {
      let weights = weights[upsampler.name]
      if upsampler.changesTime { stages.append(try TimeDoubler(channels: level.outputs, weights)) }
      stages.append(try Upsampler(channels: level.outputs, to: upsampler.outputs, weights))
    }
    return level.around(stages) { UpwardShortcutEnd($0, $1) }
  }

  /// - Parameters:
  ///   - latents: [frames, height, width, zDim], as the sampler leaves them (normalised).
  ///   - isCancelled: asked for every stage of every frame.
  ///   - emit: gets the frames in order, [height, width, channels], clamped to −1…1.
  /// - Throws: ``ModelError`` or what `emit` throws.
  public func decode(_ latents: Tensor, isCancelled: () -> Bool, emit: (Tensor) throws -> Void) throws {
    forget()
    defer { forget() }
    let frames = denormalised(latents)
    for index in 0..<latents.shape[0] {
      let latent = FeatureMap(frames.rows(index..<index + 1).reshaped(Array(latents.shape.dropFirst())))
      let entered = enter(device.convolve([latent], fromLatent), on: device)
      try stages.push(entered, on: device, isCancelled: isCancelled) { try emit(picture($0)) }
    }
  }

  private func picture(_ frame: FeatureMap) -> Tensor {
    let patches = leave(device.channelNorm(frame, gamma: finalNorm, silu: true), on: device).picture()
    let picture = PixelPatches(size: configuration.patchSize).scatter(patches)
    picture.withMutableFloats { values in
      // Written so that NaN stays NaN: a clamp that hides it turns damaged weights into a black clip.
      for index in values.indices { values[index] = values[index] > 1 ? 1 : values[index] < -1 ? -1 : values[index] }
    }
    return picture
  }

  private func denormalised(_ latents: Tensor) -> Tensor {
    let result = latents.copy()
    let channels = configuration.zDim
    let inverse = configuration.latentsStd.map { 1 / Float($0) }
    result.withMutableFloats { values in
      for index in values.indices {
        let channel = index % channels
        values[index] = values[index] / inverse[channel] + Float(configuration.latentsMean[channel])
      }
    }
    return result
  }

  var rememberedBytes: Int {
    stages.rememberedBytes + enter.rememberedBytes + leave.rememberedBytes
  }

  private func forget() {
    stages.forget()
    enter.forget()
    leave.forget()
  }
}
