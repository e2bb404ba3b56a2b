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

  /// Changes x [tokens, width] in place. `time` is [6 · width].
  func callAsFunction(
    _ x: Tensor, time: Tensor, angles: RotaryAngles, text: KeysAndValues, on device: any Device
  ) {
    let table = Modulation(modulation, time, width: shape.dim)
    let first = device.layerNorm(x, weight: table.scale(1), bias: table[0], epsilon: Float(shape.eps))
    device.add(selfAttention(first, angles: angles, on: device), to: x, gate: table[2])

    let second = crossNorm.map {
      device.layerNorm(x, weight: $0.weight, bias: $0.bias, epsilon: Float(shape.eps))
    }
    device.add(crossAttention(second ?? x, over: text, on: device), to: x, gate: nil)

    let third = device.layerNorm(x, weight: table.scale(4), bias: table[3], epsilon: Float(shape.eps))
    let hidden = device.linear(third, expand, activation: .geluTanh)
    device.add(device.linear(hidden, contract, activation: .identity), to: x, gate: table[5])
  }
}

/// Rows of a learned table plus the time's: shifts, scales and gates [width].
struct Modulation {
  private let sums: [Float]
  private let width: Int

  init(_ table: Tensor, _ time: Tensor, width: Int) {
    sums = zip(table.floats(), time.floats()).map { $0 + $1 }
    self.width = width
  }

  subscript(row: Int) -> Tensor { Tensor(Array(sums[row * width..<(row + 1) * width]), shape: [width]) }
  /// 1 + scale.
  func scale(_ row: Int) -> Tensor {
    Tensor(sums[row * width..<(row + 1) * width].map { 1 + $0 }, shape: [width])
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
