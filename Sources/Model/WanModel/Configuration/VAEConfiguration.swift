public import Checkpoints

/// Dimensions of a VAE of Wan 2.1 or 2.2, from the `config.json` of a diffusers `AutoencoderKLWan` folder.
///
/// Names are those of that file, camel-cased ("temperal" is its spelling).
public struct VAEConfiguration: Hashable, Sendable {
  public var baseDim: Int
  public var decoderBaseDim: Int
  /// Channels of a latent.
  public var zDim: Int
  public var dimMult: [Int]
  public var numResBlocks: Int
  public var attnScales: [Double]
  /// For every change of resolution in the encoder: does it halve the number of frames too?
  public var temperalDownsample: [Bool]
  public var inChannels: Int
  public var outChannels: Int
  /// Whether there is a way around every level, as in the VAE of Wan 2.2.
  public var isResidual: Bool
  /// Pixels along each side of the squares that the first and the last convolution see as one: 2 for Wan 2.2.
  public var patchSize: Int
  /// Per latent channel; a latent of the transformer is (z − mean) / std.
  public var latentsMean: [Double]
  public var latentsStd: [Double]

  public init(
    baseDim: Int = 96, decoderBaseDim: Int? = nil, zDim: Int = 16, dimMult: [Int] = [1, 2, 4, 4],
    numResBlocks: Int = 2, attnScales: [Double] = [], temperalDownsample: [Bool] = [false, true, true],
    inChannels: Int = 3, outChannels: Int = 3, isResidual: Bool = false, patchSize: Int = 1, latentsMean: [Double],
    latentsStd: [Double]
  ) {
    self.baseDim = baseDim
    self.decoderBaseDim = decoderBaseDim ?? baseDim
    self.zDim = zDim
    self.dimMult = dimMult
    self.numResBlocks = numResBlocks
    self.attnScales = attnScales
    self.temperalDownsample = temperalDownsample
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.isResidual = isResidual
    self.patchSize = patchSize
    self.latentsMean = latentsMean
    self.latentsStd = latentsStd
  }

  /// Pixels per latent in each direction: 8 for Wan 2.1, 16 for Wan 2.2.
  public var spatialStride: Int { patchSize << (dimMult.count - 1) }

  /// Frames per latent frame after the first: 4.
  public var temporalStride: Int { 1 << temperalDownsample.count(where: { $0 }) }

  /// Colours of a frame.
  public var colours: Int { outChannels / (patchSize * patchSize) }

  /// For every change of resolution in the decoder: does it double the number of frames too?
  public var temperalUpsample: [Bool] { temperalDownsample.reversed() }
}

extension VAEConfiguration {
  /// Reads `config.json`.
  /// - Throws: ``CheckpointError`` naming the file and the first setting that is absent, ill-typed, out of bounds
  ///   or not supported.
  public init(file path: String) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    baseDim = try file.integer("base_dim", in: 1...4096)
    decoderBaseDim = try file.integer("decoder_base_dim", in: 1...4096, or: baseDim)
    zDim = try file.integer("z_dim", in: 1...1024)
    dimMult = try file.integers("dim_mult", in: 1...64, counts: 2...8)
    numResBlocks = try file.integer("num_res_blocks", in: 1...64)
    attnScales = try file.numbers("attn_scales", in: 0...1, counts: 0...8)
    temperalDownsample = try file.bools("temperal_downsample", counts: dimMult.count - 1...dimMult.count - 1)
    inChannels = try file.integer("in_channels", in: 1...64, or: 3)
    outChannels = try file.integer("out_channels", in: 1...64, or: 3)
    latentsMean = try file.numbers("latents_mean", in: -1e6...1e6, counts: zDim...zDim)
    latentsStd = try file.numbers("latents_std", in: 1e-6...1e6, counts: zDim...zDim)
    isResidual = try file.bool("is_residual", or: false)
    patchSize = try file.integer("patch_size", in: 1...16, or: 1)
    try refuseWhatIsNotSupported(file)
  }

  private func refuseWhatIsNotSupported(_ file: ConfigurationFile) throws(CheckpointError) {
    try file.require(attnScales.isEmpty, "attn_scales", "an empty list")
    let area = patchSize * patchSize
    try file.require(inChannels.isMultiple(of: area), "in_channels", "a multiple of patch_size²")
    try file.require(outChannels.isMultiple(of: area), "out_channels", "a multiple of patch_size²")
    let halved = isResidual ? [] : dimMult.dropFirst().map { $0 * decoderBaseDim }
    try file.require(halved.allSatisfy { $0.isMultiple(of: 2) }, "dim_mult", "even widths below the first")
    let isWhole =
      encoderLevels.allSatisfy { $0.hasWholeShortcut(fine: $0.inputs, coarse: $0.outputs) }
      && decoderLevels.allSatisfy { $0.hasWholeShortcut(fine: $0.outputs, coarse: $0.inputs) }
    try file.require(isWhole, "dim_mult", "widths that are multiples of each other")
  }
}
