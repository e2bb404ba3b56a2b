public import Checkpoints

extension VAEConfiguration {
  /// Mean and standard deviation of the latents of a published VAE; constants of the official code.
  public struct LatentStatistics: Hashable, Sendable {
    public let mean: [Double]
    public let std: [Double]
  }

  /// Of the Wan 2.1 VAE, which the A14B models of Wan 2.2 use too: `vae2_1.py`.
  public static let wan21 = LatentStatistics(
    mean: [
      -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508, 0.4134, -0.0715, 0.5517, -0.3632, -0.1922,
      -0.9497, 0.2503, -0.2921,
    ],
    std: [
      2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743, 3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253,
      2.8251, 1.9160,
    ])

  /// Of the Wan 2.2 VAE, which TI2V-5B uses: `vae2_2.py`.
  public static let wan22 = LatentStatistics(
    mean: [
      -0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891, 0.1570,
      -0.0098, 0.0375, -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502, -0.2055, -0.0322,
      0.1109, 0.1567, -0.0729, 0.0899, -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723, -0.2839, -0.2083, -0.0520,
      0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573, -0.0548, -0.1681, -0.0667,
    ],
    std: [
      0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901, 0.6885, 0.6165,
      0.8454, 0.4978, 0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659, 0.7069, 0.5338, 0.4889, 0.4917,
      0.4069, 0.4999, 0.6866, 0.4093, 0.5709, 0.6065, 0.6415, 0.4944, 0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600,
      0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744,
    ])

  /// Levels and blocks are those of the published VAEs, which their code fixes; widths come from the shapes, and names
  /// tell the VAE of Wan 2.2 from that of Wan 2.1.
  /// - Throws: ``CheckpointError`` if a tensor that tells a dimension is missing, or it is another VAE.
  public init(shapesOf checkpoint: Checkpoint) throws(CheckpointError) {
    let reader = ShapeReader(checkpoint: checkpoint)
    let enter = try reader.shape("encoder.conv_in.weight", dimensions: 5)
    let latent = try reader.shape("post_quant_conv.weight", dimensions: 5)
    let leave = try reader.shape("decoder.conv_out.weight", dimensions: 5)
    let isResidual = checkpoint.contains("decoder.up_blocks.0.upsampler.resample.1.weight")
    let statistics = isResidual ? Self.wan22 : Self.wan21
    let patchSize = isResidual ? 2 : 1
    guard enter[1] == leave[0], enter[1].isMultiple(of: patchSize * patchSize) else {
      throw reader.failure(
        .badShape("\(enter[1]) channels in and \(leave[0]) out are no Wan VAE's"), "encoder.conv_in.weight")
    }
    guard latent[0] == statistics.mean.count else {
      throw reader.failure(
        .badShape(
          "\(latent[0]) latent channels are not the \(statistics.mean.count) of the Wan \(isResidual ? "2.2" : "2.1") "
            + "VAE, and only those of Wan 2.1 and 2.2 are known without a config.json"), "post_quant_conv.weight")
    }
    self.init(
      baseDim: enter[0], decoderBaseDim: leave[1], zDim: latent[0], inChannels: enter[1], outChannels: leave[0],
      isResidual: isResidual, patchSize: patchSize, latentsMean: statistics.mean, latentsStd: statistics.std)
    guard baseDim <= 4096, decoderBaseDim <= 4096 else {
      throw reader.failure(.badShape("widths of \(baseDim) and \(decoderBaseDim) are too large"))
    }
  }
}
