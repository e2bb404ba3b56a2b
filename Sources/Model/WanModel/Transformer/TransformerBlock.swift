import Tensors

/// Self-attention, cross-attention to the text and a feed-forward part, the first and last modulated by time.
struct TransformerBlock {
  private let shape: TransformerConfiguration
  private let modulation: Tensor
  private let selfAttention: Attention
  private let crossNorm: (weight: Tensor, bias: Tensor)?
  private let crossAttention: Attention
  private let expand: Weight
  private let contract: Weight

  init(_ shape: TransformerConfiguration, _ weights: WeightReader) throws {
    self.shape = shape
    let width = shape.dim
    modulation = try weights.vector("scale_shift_table", 6 * width)
    selfAttention = try Attention(shape, weights["attn1"])
    crossNorm =
      shape.crossAttnNorm
      ? (try weights.vector("norm2.weight", width), try weights.vector("norm2.bias", width)) : nil
    crossAttention = try Attention(shape, weights["attn2"])
    expand = try weights.linear("ffn.net.0.proj", from: width, to: shape.ffnDim)
    contract = try weights.linear("ffn.net.2", from: shape.ffnDim, to: width)
  }

  /// Keys and values of the text for this block.
  func remember(_ text: Tensor, on device: any Device) -> KeysAndValues {
    crossAttention.keysAndValues(text, on: device)
  }

  /// Changes x [tokens, width] in place. `times` is [different timesteps, 6 · width].
  func callAsFunction(
    _ x: Tensor, times: Tensor, runs: [TimedTokens], angles: RotaryAngles, text: KeysAndValues, on device: any Device
  ) {
    let table = Modulation(modulation, times, runs, width: shape.dim, epsilon: shape.eps)
    let first = table.norm(x, shift: 0, scale: 1, on: device)
    table.add(selfAttention(first, angles: angles, on: device), to: x, gate: 2, on: device)

    let second = crossNorm.map {
      device.layerNorm(x, weight: $0.weight, bias: $0.bias, epsilon: Float(shape.eps))
    }
    device.add(crossAttention(second ?? x, over: text, on: device), to: x, gate: nil)

    let third = table.norm(x, shift: 3, scale: 4, on: device)
    let hidden = device.linear(third, expand, activation: .geluTanh)
    table.add(device.linear(hidden, contract, activation: .identity), to: x, gate: 5, on: device)
  }
}

struct KeysAndValues {
  let keys: Tensor
  let values: Tensor
}

/// Attention with queries and keys RMS-normed over all heads together.
struct Attention {
  private let shape: TransformerConfiguration
  private let query, key, value, output: Weight
  private let queryNorm, keyNorm: Tensor

  init(_ shape: TransformerConfiguration, _ weights: WeightReader) throws {
    self.shape = shape
    let width = shape.dim
    query = try weights.linear("to_q", from: width, to: width)
    key = try weights.linear("to_k", from: width, to: width)
    value = try weights.linear("to_v", from: width, to: width)
    output = try weights.linear("to_out.0", from: width, to: width)
    queryNorm = try weights.vector("norm_q.weight", width)
    keyNorm = try weights.vector("norm_k.weight", width)
  }

  func keysAndValues(_ x: Tensor, on device: any Device) -> KeysAndValues {
    KeysAndValues(
      keys: normed(x, key, keyNorm, device), values: device.linear(x, value, activation: .identity))
  }

  /// Self-attention.
  func callAsFunction(_ x: Tensor, angles: RotaryAngles, on device: any Device) -> Tensor {
    let heads = shape.numAttentionHeads
    let queries = device.rotate(normed(x, query, queryNorm, device), heads: heads, by: angles)
    let keys = device.rotate(normed(x, key, keyNorm, device), heads: heads, by: angles)
    let values = device.linear(x, value, activation: .identity)
    return attend(queries, KeysAndValues(keys: keys, values: values), device)
  }

  /// Cross-attention.
  func callAsFunction(_ x: Tensor, over text: KeysAndValues, on device: any Device) -> Tensor {
    attend(normed(x, query, queryNorm, device), text, device)
  }

  private func normed(_ x: Tensor, _ weight: Weight, _ norm: Tensor, _ device: any Device) -> Tensor {
    device.rmsNorm(device.linear(x, weight, activation: .identity), weight: norm, epsilon: Float(shape.eps))
  }

  private func attend(_ queries: Tensor, _ memory: KeysAndValues, _ device: any Device) -> Tensor {
    let mixed = device.attention(
      query: queries, key: memory.keys, value: memory.values, heads: shape.numAttentionHeads,
      scale: 1 / Float(shape.attentionHeadDim).squareRoot(), bias: nil)
    return device.linear(mixed, output, activation: .identity)
  }
}
