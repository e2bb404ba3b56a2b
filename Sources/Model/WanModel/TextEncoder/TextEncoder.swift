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
    if let bad = ids.first(where: { $0 < 0 || $0 >= configuration.vocabSize }) {
      throw ModelError.badInput(
        "token id \(bad) is outside the text encoder's vocabulary of \(configuration.vocabSize): the tokenizer belongs to another model"
      )
    }
    let x = device.embed(ids, table: table)
    let buckets = RelativeBuckets(configuration, length: ids.count)
    for (index, block) in blocks.enumerated() {
      if isCancelled() { throw ModelError.cancelled }
      reader?.begin(index, once: false)
      block(x, buckets, on: device)
      reader?.end(index)
    }
    return device.rmsNorm(x, weight: finalNorm, epsilon: Float(configuration.layerNormEpsilon), for: .sums)
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

  /// Changes x [tokens, dModel] in place.
  func callAsFunction(_ x: Tensor, _ buckets: RelativeBuckets, on device: any Device) {
    let epsilon = Float(shape.layerNormEpsilon)
    let first = device.rmsNorm(x, weight: attentionNorm, epsilon: epsilon, for: .products)
    let heads = HeadShape(heads: shape.numHeads)
    let all = device.linear(first, [query, key, value], activation: .identity, for: .sums)
    let mixed = device.attention(
      device.queries(all[0], heads), over: device.memory(keys: all[1], values: all[2], heads), scale: 1,
      bias: buckets.bias(bias, heads: shape.numHeads))
    device.addLinear(mixed, output, to: x, gate: nil)

    let second = device.rmsNorm(x, weight: feedForwardNorm, epsilon: epsilon, for: .products)
    let hidden = device.gatedLinear(second, gate: gate, activation: .geluTanh, expand)
    device.addLinear(hidden, contract, to: x, gate: nil)
  }
}
