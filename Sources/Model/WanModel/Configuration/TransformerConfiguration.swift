public import Checkpoints

/// Dimensions of a Wan video transformer, from the `config.json` of a diffusers `WanTransformer3DModel` folder.
///
/// Names are those of that file, camel-cased.
public struct TransformerConfiguration: Hashable, Sendable {
  /// Latent frames, rows and columns in one token.
  public var patchSize: [Int]
  public var numAttentionHeads: Int
  public var attentionHeadDim: Int
  public var inChannels: Int
  public var outChannels: Int
  /// Width of the text embeddings.
  public var textDim: Int
  /// Width of the sinusoidal timestep embedding.
  public var freqDim: Int
  public var ffnDim: Int
  public var numLayers: Int
  /// Whether `norm2`, before cross-attention, has weights.
  public var crossAttnNorm: Bool
  public var qkNorm: String
  public var eps: Double
  /// Longest axis (frames, rows or columns of tokens) that the rotary table of diffusers covers.
  public var ropeMaxSeqLen: Int

  public init(
    patchSize: [Int] = [1, 2, 2], numAttentionHeads: Int, attentionHeadDim: Int, inChannels: Int = 16,
    outChannels: Int = 16, textDim: Int, freqDim: Int = 256, ffnDim: Int, numLayers: Int, crossAttnNorm: Bool = true,
    qkNorm: String = "rms_norm_across_heads", eps: Double = 1e-6, ropeMaxSeqLen: Int = 1024
  ) {
    self.patchSize = patchSize
    self.numAttentionHeads = numAttentionHeads
    self.attentionHeadDim = attentionHeadDim
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.textDim = textDim
    self.freqDim = freqDim
    self.ffnDim = ffnDim
    self.numLayers = numLayers
    self.crossAttnNorm = crossAttnNorm
    self.qkNorm = qkNorm
    self.eps = eps
    self.ropeMaxSeqLen = ropeMaxSeqLen
  }

  /// Width of the activations: heads × head size.
  public var dim: Int { numAttentionHeads * attentionHeadDim }
}

extension TransformerConfiguration {
  /// Reads `config.json`.
  /// - Throws: ``CheckpointError`` naming the file and the first setting that is absent, ill-typed, out of bounds
  ///   or not supported.
  public init(file path: String) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    patchSize = try file.integers("patch_size", in: 1...16, counts: 3...3)
    numAttentionHeads = try file.integer("num_attention_heads", in: 1...1024)
    attentionHeadDim = try file.integer("attention_head_dim", in: 2...4096)
    inChannels = try file.integer("in_channels", in: 1...1024)
    outChannels = try file.integer("out_channels", in: 1...1024)
    textDim = try file.integer("text_dim", in: 1...65536)
    freqDim = try file.integer("freq_dim", in: 2...65536)
    ffnDim = try file.integer("ffn_dim", in: 1...1 << 20)
    numLayers = try file.integer("num_layers", in: 1...1000)
    crossAttnNorm = try file.bool("cross_attn_norm", or: true)
    qkNorm = try file.string("qk_norm", or: "rms_norm_across_heads")
    eps = try file.number("eps", in: 0...1, or: 1e-6)
    ropeMaxSeqLen = try file.integer("rope_max_seq_len", in: 1...1 << 24, or: 1024)
    try refuseWhatIsNotSupported(file)
  }

  private func refuseWhatIsNotSupported(_ file: ConfigurationFile) throws(CheckpointError) {
    try file.require(attentionHeadDim.isMultiple(of: 2), "attention_head_dim", "an even number")
    try file.require(freqDim.isMultiple(of: 2), "freq_dim", "an even number")
    try file.require(qkNorm == "rms_norm_across_heads", "qk_norm", "\"rms_norm_across_heads\"")
    for key in ["image_dim", "added_kv_proj_dim", "pos_embed_seq_len"] {
      try file.require(file.value(key) == nil, key, "null, as in text-to-video models")
    }
  }
}

extension TransformerConfiguration {
  /// Name → shape of every tensor, in the names of diffusers.
  public var expectedTensors: [String: [Int]] {
    var table: [String: [Int]] = [
      "patch_embedding.weight": [dim, inChannels] + patchSize,
      "patch_embedding.bias": [dim],
      "scale_shift_table": [1, 2, dim],
    ]
    table.addLinear("condition_embedder.time_embedder.linear_1", freqDim, dim)
    table.addLinear("condition_embedder.time_embedder.linear_2", dim, dim)
    table.addLinear("condition_embedder.time_proj", dim, 6 * dim)
    table.addLinear("condition_embedder.text_embedder.linear_1", textDim, dim)
    table.addLinear("condition_embedder.text_embedder.linear_2", dim, dim)
    table.addLinear("proj_out", dim, outChannels * patchSize.reduce(1, *))
    for layer in 0..<numLayers { addBlock("blocks.\(layer)", to: &table) }
    return table
  }

  private func addBlock(_ block: String, to table: inout [String: [Int]]) {
    table["\(block).scale_shift_table"] = [1, 6, dim]
    for attention in ["attn1", "attn2"] {
      for part in ["to_q", "to_k", "to_v", "to_out.0"] { table.addLinear("\(block).\(attention).\(part)", dim, dim) }
      for part in ["norm_q", "norm_k"] { table["\(block).\(attention).\(part).weight"] = [dim] }
    }
    if crossAttnNorm {
      table["\(block).norm2.weight"] = [dim]
      table["\(block).norm2.bias"] = [dim]
    }
    table.addLinear("\(block).ffn.net.0.proj", dim, ffnDim)
    table.addLinear("\(block).ffn.net.2", ffnDim, dim)
  }
}

extension [String: [Int]] {
  /// A linear layer with bias: a row-major [out, in] matrix.
  mutating func addLinear(_ name: String, _ input: Int, _ output: Int) {
    self["\(name).weight"] = [output, input]
    self["\(name).bias"] = [output]
  }
}
