public import Checkpoints
import Foundation
public import Tensors

/// The UMT5 encoder: token ids → embeddings.
///
///     let encoder = try TextEncoder(configuration, checkpoint, on: device)
///     let embeddings = try encoder([35, 71, 9, 1]) { false }    // [4, dModel]
///
/// T5 v1.1 (gated GELU, RMS norms, no biases, no scaling of q·k) with a relative position bias in every block.
/// Source: transformers' `modeling_umt5.py`.
public final class TextEncoder {
  public let configuration: TextEncoderConfiguration
  private let device: any Device
  private let table: Weight
  private let blocks: [TextEncoderBlock]
  private let finalNorm: Tensor
  /// Where the blocks' weights lie.
  public let pages: LayerPages
  private var reader: LayerReader?

  public init(_ configuration: TextEncoderConfiguration, _ checkpoint: Checkpoint, on device: any Device) throws {
    let shape = configuration
    checkpoint.readVectorsAhead()
    let weights = WeightReader(checkpoint: checkpoint)
    self.configuration = shape
    self.device = device
    table = try checkpoint.weight(
      named: TextEncoderConfiguration.embeddingName(in: checkpoint), shape: [shape.vocabSize, shape.dModel])
    blocks = try (0..<shape.numLayers).map { try TextEncoderBlock(shape, weights["encoder.block.\($0)"]) }
    finalNorm = try weights.vector("encoder.final_layer_norm.weight", shape.dModel)
    pages = checkpoint.pages(of: (0..<shape.numLayers).map { "encoder.block.\($0)." })
  }

  deinit { reader?.close() }

  /// Reads the blocks' weights ahead, and gives back those that are not to stay.
  public func keep(_ residency: Residency) { reader = LayerReader(pages, residency: residency) }

  /// - Parameters:
  ///   - ids: the tokens that count, without padding; each below the vocabulary's size.
  ///   - isCancelled: asked before every block.
  /// - Returns: [ids.count, dModel]
  /// - Throws: ``ModelError``
  public func callAsFunction(_ ids: [Int32], isCancelled: () -> Bool) throws -> Tensor {
    try self([ids], isCancelled: isCancelled)[0]
  }

  /// Some texts, layer by layer: what weights are read, or expanded, serves all of them. Each is encoded as by itself, to
  /// the bit.
  /// - Throws: ``ModelError``
  public func callAsFunction(_ texts: [[Int32]], isCancelled: () -> Bool) throws -> [Tensor] {
    if let bad = texts.joined().first(where: { $0 < 0 || $0 >= configuration.vocabSize }) {
      throw ModelError.badInput(
        "token id \(bad) is outside the text encoder's vocabulary of \(configuration.vocabSize): the tokenizer belongs to another model"
      )
    }
    let streams = texts.map { ids in
      (x: device.embed(ids, table: table), buckets: RelativeBuckets(configuration, length: ids.count))
    }
    for (index, block) in blocks.enumerated() {
      if isCancelled() { throw ModelError.cancelled }
      reader?.begin(index, once: false)
      block(streams, on: device)
      reader?.end(index)
    }
    let epsilon = Float(configuration.layerNormEpsilon)
    return streams.map { device.rmsNorm($0.x, weight: finalNorm, epsilon: epsilon, for: .sums) }
  }
}

struct TextEncoderBlock {
  private let shape: TextEncoderConfiguration
  private let query, key, value, output: Weight
  private let attentionNorm, feedForwardNorm: Tensor
  /// [buckets, heads]
  private let bias: [Float]
  private let gate, expand, contract: Weight

  init(_ shape: TextEncoderConfiguration, _ weights: WeightReader) throws {
    self.shape = shape
    let attention = weights["layer.0.SelfAttention"]
    let inner = shape.numHeads * shape.dKv
    query = try attention.linear("q", from: shape.dModel, to: inner, bias: false)
    key = try attention.linear("k", from: shape.dModel, to: inner, bias: false)
    value = try attention.linear("v", from: shape.dModel, to: inner, bias: false)
    output = try attention.linear("o", from: inner, to: shape.dModel, bias: false)
    bias = try attention.vector("relative_attention_bias.weight", shape.relativeAttentionNumBuckets * shape.numHeads)
      .floats()
    attentionNorm = try weights.vector("layer.0.layer_norm.weight", shape.dModel)
    let dense = weights["layer.1.DenseReluDense"]
    gate = try dense.linear("wi_0", from: shape.dModel, to: shape.dFf, bias: false)
    expand = try dense.linear("wi_1", from: shape.dModel, to: shape.dFf, bias: false)
    contract = try dense.linear("wo", from: shape.dFf, to: shape.dModel, bias: false)
    feedForwardNorm = try weights.vector("layer.1.layer_norm.weight", shape.dModel)
  }

  /// Changes each x [tokens, dModel] in place.
  func callAsFunction(_ streams: [(x: Tensor, buckets: RelativeBuckets)], on device: any Device) {
    let areMany = streams.count > 1
    var mixed: [Tensor] = []
    device.holding(areMany ? [query, key, value] : []) { mixed = streams.map { attend($0.x, $0.buckets, on: device) } }
    device.holding(areMany ? [output] : []) {
      for (stream, mixed) in zip(streams, mixed) { device.addLinear(mixed, output, to: stream.x, gate: nil) }
    }
    var hidden: [Tensor] = []
    device.holding(areMany ? [gate, expand] : []) { hidden = streams.map { widen($0.x, on: device) } }
    device.holding(areMany ? [contract] : []) {
      for (stream, hidden) in zip(streams, hidden) { device.addLinear(hidden, contract, to: stream.x, gate: nil) }
    }
  }

  private var epsilon: Float { Float(shape.layerNormEpsilon) }

  private func attend(_ x: Tensor, _ buckets: RelativeBuckets, on device: any Device) -> Tensor {
    let normed = device.rmsNorm(x, weight: attentionNorm, epsilon: epsilon, for: .products)
    let heads = HeadShape(heads: shape.numHeads)
    let all = device.linear(normed, [query, key, value], activation: .identity, for: .sums)
    return device.attention(
      device.queries(all[0], heads), over: device.memory(keys: all[1], values: all[2], heads), scale: 1,
      bias: buckets.bias(bias, heads: shape.numHeads))
  }

  private func widen(_ x: Tensor, on device: any Device) -> Tensor {
    let normed = device.rmsNorm(x, weight: feedForwardNorm, epsilon: epsilon, for: .products)
    return device.gatedLinear(normed, gate: gate, activation: .geluTanh, expand)
  }
}
