public import Checkpoints

/// Dimensions of a UMT5 encoder, from the `config.json` of a transformers `UMT5EncoderModel` folder.
///
/// Names are those of that file, camel-cased.
public struct TextEncoderConfiguration: Hashable, Sendable {
  public var vocabSize: Int
  public var dModel: Int
  /// Width of one attention head.
  public var dKv: Int
  public var dFf: Int
  public var numLayers: Int
  public var numHeads: Int
  public var relativeAttentionNumBuckets: Int
  public var relativeAttentionMaxDistance: Int
  public var layerNormEpsilon: Double
  public var feedForwardProj: String

  public init(
    vocabSize: Int, dModel: Int, dKv: Int, dFf: Int, numLayers: Int, numHeads: Int,
    relativeAttentionNumBuckets: Int = 32, relativeAttentionMaxDistance: Int = 128, layerNormEpsilon: Double = 1e-6,
    feedForwardProj: String = "gated-gelu"
  ) {
    self.vocabSize = vocabSize
    self.dModel = dModel
    self.dKv = dKv
    self.dFf = dFf
    self.numLayers = numLayers
    self.numHeads = numHeads
    self.relativeAttentionNumBuckets = relativeAttentionNumBuckets
    self.relativeAttentionMaxDistance = relativeAttentionMaxDistance
    self.layerNormEpsilon = layerNormEpsilon
    self.feedForwardProj = feedForwardProj
  }
}

extension TextEncoderConfiguration {
  /// Reads `config.json`.
  /// - Throws: ``CheckpointError`` naming the file and the first setting that is absent, ill-typed, out of bounds
  ///   or not supported.
  public init(file path: String) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    vocabSize = try file.integer("vocab_size", in: 1...1 << 24)
    dModel = try file.integer("d_model", in: 1...65536)
    dKv = try file.integer("d_kv", in: 1...4096)
    dFf = try file.integer("d_ff", in: 1...1 << 20)
    numLayers = try file.integer("num_layers", in: 1...1000)
    numHeads = try file.integer("num_heads", in: 1...1024)
    relativeAttentionNumBuckets = try file.integer("relative_attention_num_buckets", in: 4...65536)
    relativeAttentionMaxDistance = try file.integer("relative_attention_max_distance", in: 1...1 << 24)
    layerNormEpsilon = try file.number("layer_norm_epsilon", in: 0...1, or: 1e-6)
    feedForwardProj = try file.string("feed_forward_proj", or: "gated-gelu")
    try file.require(feedForwardProj == "gated-gelu", "feed_forward_proj", "\"gated-gelu\"")
    try file.require(
      relativeAttentionNumBuckets.isMultiple(of: 4), "relative_attention_num_buckets", "a multiple of 4")
    try file.require(
      relativeAttentionMaxDistance > relativeAttentionNumBuckets / 4, "relative_attention_max_distance",
      "more than a quarter of relative_attention_num_buckets")
  }
}

extension TextEncoderConfiguration {
  /// The token embeddings go by either name; files with both hold the same matrix twice.
  public static let embeddingNames = ["shared.weight", "encoder.embed_tokens.weight"]

  /// Name → shape of every tensor, in the names of transformers, with the first of ``embeddingNames``.
  public var expectedTensors: [String: [Int]] {
    var table = ["shared.weight": [vocabSize, dModel], "encoder.final_layer_norm.weight": [dModel]]
    let inner = numHeads * dKv
    for layer in 0..<numLayers {
      let attention = "encoder.block.\(layer).layer.0"
      for part in ["q", "k", "v"] { table["\(attention).SelfAttention.\(part).weight"] = [inner, dModel] }
      table["\(attention).SelfAttention.o.weight"] = [dModel, inner]
      table["\(attention).SelfAttention.relative_attention_bias.weight"] = [relativeAttentionNumBuckets, numHeads]
      table["\(attention).layer_norm.weight"] = [dModel]
      let feedForward = "encoder.block.\(layer).layer.1"
      for part in ["wi_0", "wi_1"] { table["\(feedForward).DenseReluDense.\(part).weight"] = [dFf, dModel] }
      table["\(feedForward).DenseReluDense.wo.weight"] = [dModel, dFf]
      table["\(feedForward).layer_norm.weight"] = [dModel]
    }
    return table
  }

  /// The name under which this checkpoint has the token embeddings.
  public static func embeddingName(in checkpoint: Checkpoint) -> String {
    embeddingNames.first(where: checkpoint.contains) ?? embeddingNames[0]
  }

  /// Checks names and shapes; see ``Checkpoint/verify(against:optional:)``.
  public func verify(_ checkpoint: Checkpoint) throws(CheckpointError) {
    var expected = expectedTensors
    let shape = expected.removeValue(forKey: Self.embeddingNames[0])
    expected[Self.embeddingName(in: checkpoint)] = shape
    var optional: [String: [Int]] = [:]
    for name in Self.embeddingNames { optional[name] = shape }
    try checkpoint.verify(against: expected, optional: optional)
  }
}
