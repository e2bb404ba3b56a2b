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
  func remember(_ text: Tensor, on device: any Device) -> AttentionMemory {
    crossAttention.memory(text, on: device)
  }

  /// Changes x [tokens, width] in place. `time` is [6 · width].
  func callAsFunction(
    _ x: Tensor, time: Tensor, angles: RotaryAngles, text: AttentionMemory, on device: any Device
  ) {
    let table = Modulation(modulation, time, width: shape.dim)
    let first = normed(x, weight: table.scale(1), bias: table[0], on: device)
    selfAttention.addSelf(first, angles: angles, to: x, gate: table[2], on: device)

    let second = crossNorm.map { normed(x, weight: $0.weight, bias: $0.bias, on: device) }
    crossAttention.addCross(second ?? x, over: text, to: x, on: device)

    let third = normed(x, weight: table.scale(4), bias: table[3], on: device)
    let hidden = device.linear(third, expand, activation: .geluTanh, for: .products)
    device.addLinear(hidden, contract, to: x, gate: table[5])
  }

  private func normed(_ x: Tensor, weight: Tensor, bias: Tensor, on device: any Device) -> Tensor {
    device.layerNorm(x, weight: weight, bias: bias, epsilon: Float(shape.eps), for: .products)
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

  /// Keys and values of rows y.
  func memory(_ y: Tensor, on device: any Device) -> AttentionMemory {
    let both = device.linear(y, [key, value], activation: .identity, for: .sums)
    return device.memory(keys: both[0], values: both[1], heads(keyNorm))
  }

  /// x += (what the rows y find among themselves, at places given by `angles`) · gate.
  func addSelf(_ y: Tensor, angles: RotaryAngles, to x: Tensor, gate: Tensor, on device: any Device) {
    let all = device.linear(y, [query, key, value], activation: .identity, for: .sums)
    let memory = device.memory(keys: all[1], values: all[2], heads(keyNorm, angles))
    add(device.queries(all[0], heads(queryNorm, angles)), over: memory, to: x, gate: gate, on: device)
  }

  /// x += what the rows y find in `memory`.
  func addCross(_ y: Tensor, over memory: AttentionMemory, to x: Tensor, on device: any Device) {
    let rows = device.linear(y, query, activation: .identity, for: .sums)
    add(device.queries(rows, heads(queryNorm)), over: memory, to: x, gate: nil, on: device)
  }

  private func add(
    _ queries: AttentionQueries, over memory: AttentionMemory, to x: Tensor, gate: Tensor?, on device: any Device
  ) {
    let scale = 1 / Float(shape.attentionHeadDim).squareRoot()
    let mixed = device.attention(queries, over: memory, scale: scale, bias: nil)
    device.addLinear(mixed, output, to: x, gate: gate)
  }

  private func heads(_ norm: Tensor, _ angles: RotaryAngles? = nil) -> HeadShape {
    HeadShape(heads: shape.numAttentionHeads, norm: (norm, Float(shape.eps)), angles: angles)
  }
}
