public import Checkpoints

/// Reads dimensions from the shapes of tensors, for files that come without a configuration.
struct ShapeReader {
  let checkpoint: Checkpoint

  /// Sizes of a tensor, each from 1 to a million.
  func shape(_ name: String, dimensions: Int) throws(CheckpointError) -> [Int] {
    guard let shape = checkpoint.entry(named: name)?.shape else { throw failure(.missing(others: 0), name) }
    guard shape.count == dimensions, shape.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw failure(.badShape("\(shape.prefix(8)) where \(dimensions) sizes from 1 to \(1 << 20) are expected"), name)
    }
    return shape
  }

  func failure(_ cause: CheckpointError.Cause, _ name: String? = nil) -> CheckpointError {
    CheckpointError(cause, path: checkpoint.path, tensor: name.map(checkpoint.fileName))
  }

  /// How many of the tensors `before`0`after`, `before`1`after`, … there are.
  func count(_ before: String, _ after: String) throws(CheckpointError) -> Int {
    let count = (0..<1000).prefix { checkpoint.contains("\(before)\($0)\(after)") }.count
    guard count > 0 else { throw failure(.missing(others: 0), "\(before)0\(after)") }
    return count
  }
}

extension TransformerConfiguration {
  /// Head size of every published Wan model; no shape tells it.
  public static let usualHeadSize = 128

  /// - Throws: ``CheckpointError`` if a tensor that tells a dimension is missing, or has an impossible shape.
  public init(shapesOf checkpoint: Checkpoint, headSize: Int = usualHeadSize) throws(CheckpointError) {
    let reader = ShapeReader(checkpoint: checkpoint)
    let patch = try reader.shape("patch_embedding.weight", dimensions: 5)
    let time = try reader.shape("condition_embedder.time_embedder.linear_1.weight", dimensions: 2)
    let text = try reader.shape("condition_embedder.text_embedder.linear_1.weight", dimensions: 2)
    let feedForward = try reader.shape("blocks.0.ffn.net.0.proj.weight", dimensions: 2)
    let head = try reader.shape("proj_out.weight", dimensions: 2)
    let volume = patch[2...].reduce(1, *)
    guard patch[0].isMultiple(of: headSize), patch[2...].allSatisfy({ $0 <= 16 }), head[0].isMultiple(of: volume),
      time[1].isMultiple(of: 2)
    else {
      throw reader.failure(
        .badShape("a width of \(patch[0]) and patches of \(patch[2...].map { $0 }) are no Wan transformer's"),
        "patch_embedding.weight")
    }
    self.init(
      patchSize: Array(patch[2...]), numAttentionHeads: patch[0] / headSize, attentionHeadDim: headSize,
      inChannels: patch[1], outChannels: head[0] / volume, textDim: text[1], freqDim: time[1],
      ffnDim: feedForward[0], numLayers: try reader.count("blocks.", ".attn1.to_q.weight"),
      crossAttnNorm: checkpoint.contains("blocks.0.norm2.weight"))
  }

  /// Reads the official repository's `config.json`, which leaves patch and text width to the shapes.
  /// - Throws: ``CheckpointError``, as for ``init(file:)``.
  public init(official path: String, _ checkpoint: Checkpoint) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    try file.require(
      ["t2v", "ti2v"].contains(try file.string("model_type", or: "t2v")), "model_type", "\"t2v\" or \"ti2v\"")
    let heads = try file.integer("num_heads", in: 1...1024)
    let width = try file.integer("dim", in: 2...1 << 20)
    try file.require(width.isMultiple(of: heads) && (width / heads).isMultiple(of: 2), "dim", "an even number a head")
    try self.init(shapesOf: checkpoint, headSize: width / heads)
    numAttentionHeads = heads
    inChannels = try file.integer("in_dim", in: 1...1024, or: inChannels)
    outChannels = try file.integer("out_dim", in: 1...1024, or: outChannels)
    ffnDim = try file.integer("ffn_dim", in: 1...1 << 20)
    freqDim = try file.integer("freq_dim", in: 2...65536, or: 256)
    numLayers = try file.integer("num_layers", in: 1...1000)
    textDim = try file.integer("text_dim", in: 1...65536, or: textDim)
    eps = try file.number("eps", in: 0...1, or: 1e-6)
    try file.require(freqDim.isMultiple(of: 2), "freq_dim", "an even number")
  }
}

extension TextEncoderConfiguration {
  /// The rest is as in every published UMT5: gated GELU, distances up to 128, epsilon 10⁻⁶.
  /// - Throws: ``CheckpointError`` if a tensor that tells a dimension is missing, or has an impossible shape.
  public init(shapesOf checkpoint: Checkpoint) throws(CheckpointError) {
    let reader = ShapeReader(checkpoint: checkpoint)
    let table = try reader.shape(Self.embeddingName(in: checkpoint), dimensions: 2)
    let bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    let buckets = try reader.shape(bias, dimensions: 2)
    let query = try reader.shape("encoder.block.0.layer.0.SelfAttention.q.weight", dimensions: 2)
    let gate = try reader.shape("encoder.block.0.layer.1.DenseReluDense.wi_0.weight", dimensions: 2)
    guard buckets[0].isMultiple(of: 4), buckets[0] < 512, query[0].isMultiple(of: buckets[1]) else {
      throw reader.failure(.badShape("\(buckets) are no buckets and heads of a UMT5 encoder"), bias)
    }
    self.init(
      vocabSize: table[0], dModel: table[1], dKv: query[0] / buckets[1], dFf: gate[0],
      numLayers: try reader.count("encoder.block.", ".layer.0.SelfAttention.q.weight"), numHeads: buckets[1],
      relativeAttentionNumBuckets: buckets[0])
  }
}
