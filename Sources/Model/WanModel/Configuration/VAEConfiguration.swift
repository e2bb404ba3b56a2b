public import Checkpoints

/// Dimensions of a Wan 2.1 VAE, from the `config.json` of a diffusers `AutoencoderKLWan` folder.
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
  /// Per latent channel; a latent of the transformer is (z − mean) / std.
  public var latentsMean: [Double]
  public var latentsStd: [Double]

  public init(
    baseDim: Int = 96, decoderBaseDim: Int? = nil, zDim: Int = 16, dimMult: [Int] = [1, 2, 4, 4],
    numResBlocks: Int = 2, attnScales: [Double] = [], temperalDownsample: [Bool] = [false, true, true],
    inChannels: Int = 3, outChannels: Int = 3, latentsMean: [Double], latentsStd: [Double]
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
    self.latentsMean = latentsMean
    self.latentsStd = latentsStd
  }

  /// Pixels per latent in each direction: 8 for Wan 2.1.
  public var spatialStride: Int { 1 << (dimMult.count - 1) }

  /// Frames per latent frame after the first: 4 for Wan 2.1.
  public var temporalStride: Int { 1 << temperalDownsample.count(where: { $0 }) }

  /// For every change of resolution in the decoder: does it double the number of frames too?
  public var temperalUpsample: [Bool] { temperalDownsample.reversed() }
}

extension VAEConfiguration {
  /// Reads `config.json`.
  /// - Throws: ``CheckpointError`` naming the file and the first setting that is absent, ill-typed, out of bounds
  ///   or not supported.
  public init(file path: String) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    try file.require(try !file.bool("is_residual", or: false), "is_residual", "false, as in the Wan 2.1 VAE")
    try file.require(file.value("patch_size") == nil, "patch_size", "null, as in the Wan 2.1 VAE")
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
    try file.require(attnScales.isEmpty, "attn_scales", "an empty list")
    let halved = dimMult.dropFirst().map { $0 * decoderBaseDim }
    try file.require(halved.allSatisfy { $0.isMultiple(of: 2) }, "dim_mult", "even widths below the first")
  }
}

extension VAEConfiguration {
  /// Name → shape of every tensor, in the names of diffusers.
  public var expectedTensors: [String: [Int]] {
    var table: [String: [Int]] = [:]
    table.addConvolution("quant_conv", 2 * zDim, 2 * zDim, [1, 1, 1])
    table.addConvolution("post_quant_conv", zDim, zDim, [1, 1, 1])
    addEncoder(to: &table)
    addDecoder(to: &table)
    return table
  }

  private func addEncoder(to table: inout [String: [Int]]) {
    let widths = dimMult.map { $0 * baseDim }
    var width = baseDim
    var index = 0
    table.addConvolution("encoder.conv_in", inChannels, width, [3, 3, 3])
    for (level, next) in widths.enumerated() {
      for _ in 0..<numResBlocks {
        table.addResidual("encoder.down_blocks.\(index)", width, next)
        (width, index) = (next, index + 1)
      }
      guard level < temperalDownsample.count else { break }
      let block = "encoder.down_blocks.\(index)"
      table.addConvolution("\(block).resample.1", width, width, [3, 3])
      if temperalDownsample[level] { table.addConvolution("\(block).time_conv", width, width, [3, 1, 1]) }
      index += 1
    }
    table.addMiddle("encoder.mid_block", width)
    table["encoder.norm_out.gamma"] = [width, 1, 1, 1]
    table.addConvolution("encoder.conv_out", width, 2 * zDim, [3, 3, 3])
  }

  private func addDecoder(to table: inout [String: [Int]]) {
    let widths = dimMult.reversed().map { $0 * decoderBaseDim }
    var width = widths[0]
    table.addConvolution("decoder.conv_in", zDim, width, [3, 3, 3])
    table.addMiddle("decoder.mid_block", width)
    for (level, next) in widths.enumerated() {
      let block = "decoder.up_blocks.\(level)"
      for index in 0...numResBlocks {
        table.addResidual("\(block).resnets.\(index)", width, next)
        width = next
      }
      guard level < temperalUpsample.count else { break }
      table.addConvolution("\(block).upsamplers.0.resample.1", width, width / 2, [3, 3])
      if temperalUpsample[level] {
        table.addConvolution("\(block).upsamplers.0.time_conv", width, 2 * width, [3, 1, 1])
      }
      width /= 2
    }
    table["decoder.norm_out.gamma"] = [width, 1, 1, 1]
    table.addConvolution("decoder.conv_out", width, outChannels, [3, 3, 3])
  }
}

extension [String: [Int]] {
  /// A convolution with bias: [out, in, kernel…].
  fileprivate mutating func addConvolution(_ name: String, _ input: Int, _ output: Int, _ kernel: [Int]) {
    self["\(name).weight"] = [output, input] + kernel
    self["\(name).bias"] = [output]
  }

  fileprivate mutating func addResidual(_ name: String, _ input: Int, _ output: Int) {
    self["\(name).norm1.gamma"] = [input, 1, 1, 1]
    addConvolution("\(name).conv1", input, output, [3, 3, 3])
    self["\(name).norm2.gamma"] = [output, 1, 1, 1]
    addConvolution("\(name).conv2", output, output, [3, 3, 3])
    if input != output { addConvolution("\(name).conv_shortcut", input, output, [1, 1, 1]) }
  }

  fileprivate mutating func addMiddle(_ name: String, _ width: Int) {
    addResidual("\(name).resnets.0", width, width)
    self["\(name).attentions.0.norm.gamma"] = [width, 1, 1]
    addConvolution("\(name).attentions.0.to_qkv", width, 3 * width, [1, 1])
    addConvolution("\(name).attentions.0.proj", width, width, [1, 1])
    addResidual("\(name).resnets.1", width, width)
  }
}
