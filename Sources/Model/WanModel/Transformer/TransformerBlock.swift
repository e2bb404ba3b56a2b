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
    selfAttention = try Attention(shape, weights["attn1"], ofText: false)
    crossNorm =
      shape.crossAttnNorm
      ? (try weights.vector("norm2.weight", width), try weights.vector("norm2.bias", width)) : nil
    crossAttention = try Attention(shape, weights["attn2"], ofText: true)
    expand = try weights.roundable("ffn.net.0.proj", from: width, to: shape.ffnDim)
    contract = try weights.roundable("ffn.net.2", from: shape.ffnDim, to: width)
  }

  /// Keys and values of the text for this block.
  func remember(_ text: Tensor, on device: any Device) -> AttentionMemory {
    crossAttention.memory(text, on: device)
  }

  enum Part: String {
    case selfAttention = "self-attention"
    case crossAttention = "cross-attention"
    case feedForward = "feed-forward"
  }

  /// Changes x [tokens, width] in place. `times` is [different timesteps, 6 · width].
  /// - Parameter after: called when a part has been added to x.
  func callAsFunction(
    _ x: Tensor, times: Tensor, runs: [TimedTokens], angles: RotaryAngles, text: AttentionMemory,
    on device: any Device, after: ((Part) -> Void)? = nil
  ) {
    let table = Modulation(modulation, times, runs, width: shape.dim, epsilon: shape.eps)
    let first = table.norm(x, shift: 0, scale: 1, on: device)
    let mixed = selfAttention.mix(first, angles: angles, on: device)
    table.addLinear(mixed, selfAttention.output, to: x, gate: 2, on: device)
    after?(.selfAttention)

    let second = crossNorm.map {
      device.layerNorm(x, weight: $0.weight, bias: $0.bias, epsilon: Float(shape.eps), for: .products)
    }
    let found = crossAttention.mix(second ?? x, over: text, on: device)
    device.addLinear(found, crossAttention.output, to: x, gate: nil)
    after?(.crossAttention)

    let third = table.norm(x, shift: 3, scale: 4, on: device)
    let hidden = device.linear(third, expand, activation: .geluTanh, for: .products)
    table.addLinear(hidden, contract, to: x, gate: 5, on: device)
    after?(.feedForward)
  }
}

/// Attention with queries and keys RMS-normed over all heads together.
struct Attention {
  private let shape: TransformerConfiguration
  private let query, key, value: Weight
  let output: Weight
  private let queryNorm, keyNorm: Tensor

  /// - Parameter ofText: whether keys and values are made of the text: once for a prompt, so that rounding them would
  ///   save nothing.
  init(_ shape: TransformerConfiguration, _ weights: WeightReader, ofText: Bool) throws {
    self.shape = shape
    let width = shape.dim
    query = try weights.roundable("to_q", from: width, to: width)
    key = try weights.linear("to_k", from: width, to: width)
    value = try weights.linear("to_v", from: width, to: width)
    for weight in [key, value] { weight.mayRound = !ofText }
    output = try weights.roundable("to_out.0", from: width, to: width)
    queryNorm = try weights.vector("norm_q.weight", width)
    keyNorm = try weights.vector("norm_k.weight", width)
  }

  /// Keys and values of rows y.
  func memory(_ y: Tensor, on device: any Device) -> AttentionMemory {
    let both = device.linear(y, [key, value], activation: .identity, for: .sums)
    return device.memory(keys: both[0], values: both[1], heads(keyNorm))
  }

  /// What the rows y find among themselves, at places given by `angles`.
  func mix(_ y: Tensor, angles: RotaryAngles, on device: any Device) -> Tensor {
    let all = device.linear(y, [query, key, value], activation: .identity, for: .sums)
    let memory = device.memory(keys: all[1], values: all[2], heads(keyNorm, angles))
    return attend(device.queries(all[0], heads(queryNorm, angles)), over: memory, on: device)
  }

  /// What the rows y find in `memory`.
  func mix(_ y: Tensor, over memory: AttentionMemory, on device: any Device) -> Tensor {
    let rows = device.linear(y, query, activation: .identity, for: .sums)
    return attend(device.queries(rows, heads(queryNorm)), over: memory, on: device)
  }

  private func attend(_ queries: AttentionQueries, over memory: AttentionMemory, on device: any Device) -> Tensor {
    let scale = 1 / Float(shape.attentionHeadDim).squareRoot()
    return device.attention(queries, over: memory, scale: scale, bias: nil)
  }

  private func heads(_ norm: Tensor, _ angles: RotaryAngles? = nil) -> HeadShape {
    HeadShape(heads: shape.numAttentionHeads, norm: (norm, Float(shape.eps)), angles: angles, mayRound: true)
  }
}
