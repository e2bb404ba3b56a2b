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
  /// - Parameter count: how often the last row of it counts.
  func remember(_ text: Tensor, last count: Int, on device: any Device) -> AttentionMemory {
    crossAttention.memory(text, on: device).counting(last: count)
  }

  /// What makes them is not needed for a while.
  func restOfText() { crossAttention.restOfMemory() }

  enum Part: String {
    case selfAttention = "self-attention"
    case crossAttention = "cross-attention"
    case feedForward = "feed-forward"
  }

  /// What a block is told of its tokens.
  struct Setting {
    /// Of the different timesteps, [timesteps, 6 · width].
    let times: Tensor
    let runs: [TimedTokens]
    let angles: RotaryAngles
    /// Of the tokens, which go through a layer one after the other.
    let parts: [Range<Int>]
  }

  /// Changes each of xs [tokens, width], one for each text, in place.
  /// - Parameters:
  ///   - isCancelled: asked now and then; what is left of the block is left out from then on.
  ///   - after: called when a part of the block has been added to all of them.
  func callAsFunction(
    _ xs: [Tensor], _ setting: Setting, texts: [AttentionMemory], on device: any Device, isCancelled: () -> Bool,
    after: ((Part) -> Void)? = nil
  ) {
    attendToItself(xs, setting, on: device, isCancelled: isCancelled)
    after?(.selfAttention)
    goOn(xs, setting, texts: texts, on: device, isCancelled: isCancelled, after: after)
  }

  /// The first part of the block, in which texts play no role.
  func attendToItself(_ xs: [Tensor], _ setting: Setting, on device: any Device, isCancelled: () -> Bool) {
    let table = table(setting)
    guard setting.parts.count == 1 else {
      for x in xs where !isCancelled() { attendToItself(x, setting, table, on: device, isCancelled: isCancelled) }
      return
    }
    device.holding(xs.count > 1 ? selfAttention.weights : []) {
      for x in xs where !isCancelled() {
        let mixed = selfAttention.mix(
          table.norm(x, shift: 0, scale: 1, on: device), angles: setting.angles, on: device)
        table.addLinear(mixed, selfAttention.output, to: x, gate: 2, on: device)
      }
    }
  }

  /// The other parts.
  func goOn(
    _ xs: [Tensor], _ setting: Setting, texts: [AttentionMemory], on device: any Device, isCancelled: () -> Bool,
    after: ((Part) -> Void)? = nil
  ) {
    let (table, parts) = (table(setting), setting.parts)
    let areMany = xs.count * parts.count > 1
    device.holding(areMany ? crossAttention.weightsOfQueries : []) {
      for (x, text) in zip(xs, texts) {
        Rehearsal.forEach(parts) { part in
          if !isCancelled() { attendToText(x.rows(part), text, on: device) }
        }
      }
    }
    after?(.crossAttention)
    device.holding(areMany ? [expand, contract] : []) {
      for x in xs {
        Rehearsal.forEach(parts) { part in
          if !isCancelled() { feedForward(x.rows(part), table.part(part), on: device) }
        }
      }
    }
    after?(.feedForward)
  }

  private func table(_ setting: Setting) -> Modulation {
    Modulation(modulation, setting.times, setting.runs, width: shape.dim, epsilon: shape.eps)
  }

  /// The queries of a part come from its own tokens, which are as they were until its result is added: keys and values
  /// of all are made before.
  private func attendToItself(
    _ x: Tensor, _ setting: Setting, _ table: Modulation, on device: any Device, isCancelled: () -> Bool
  ) {
    let (parts, angles) = (setting.parts, setting.angles)
    func norm(_ part: Range<Int>) -> Tensor { table.part(part).norm(x.rows(part), shift: 0, scale: 1, on: device) }
    let memory = selfAttention.memory(
      of: x.shape[0], about: parts[0].count, angles: angles, on: device, part: norm)
    device.holding(selfAttention.weightsOfQueries) {
      Rehearsal.forEach(parts) { part in
        if isCancelled() { return }
        let mixed = selfAttention.mix(norm(part), over: memory, angles: angles.rows(part), on: device)
        table.part(part).addLinear(mixed, selfAttention.output, to: x.rows(part), gate: 2, on: device)
      }
    }
  }

  private func attendToText(_ x: Tensor, _ text: AttentionMemory, on device: any Device) {
    let normed = crossNorm.map {
      device.layerNorm(x, weight: $0.weight, bias: $0.bias, epsilon: Float(shape.eps), for: .products)
    }
    let found = crossAttention.mix(normed ?? x, over: text, on: device)
    device.addLinear(found, crossAttention.output, to: x, gate: nil)
  }

  private func feedForward(_ x: Tensor, _ table: Modulation, on device: any Device) {
    let hidden = device.linear(
      table.norm(x, shift: 3, scale: 4, on: device), expand, activation: .geluTanh, for: .products)
    table.addLinear(hidden, contract, to: x, gate: 5, on: device)
  }
}

/// Attention with queries and keys RMS-normed over all heads together.
struct Attention {
  private let shape: TransformerConfiguration
  private let ofText: Bool
  private let query, key, value: Weight
  let output: Weight
  private let queryNorm, keyNorm: Tensor

  /// - Parameter ofText: whether keys and values are made of the text: once for a prompt, so that rounding them would
  ///   save nothing.
  init(_ shape: TransformerConfiguration, _ weights: WeightReader, ofText: Bool) throws {
    self.shape = shape
    self.ofText = ofText
    let width = shape.dim
    query = try weights.roundable("to_q", from: width, to: width)
    key = try weights.linear("to_k", from: width, to: width)
    value = try weights.linear("to_v", from: width, to: width)
    for weight in [key, value] { weight.mayRound = !ofText }
    output = try weights.roundable("to_out.0", from: width, to: width)
    queryNorm = try weights.vector("norm_q.weight", width)
    keyNorm = try weights.vector("norm_k.weight", width)
  }

  /// No more keys and values are made for a while.
  func restOfMemory() {
    key.rest()
    value.rest()
  }

  /// Keys and values of rows y.
  func memory(_ y: Tensor, on device: any Device) -> AttentionMemory {
    let both = device.linear(y, [key, value], activation: .identity, for: .heads)
    return device.memory(keys: both[0], values: both[1], heads(keyNorm))
  }

  /// Keys and values of `count` rows, of which `part` gives some.
  func memory(
    of count: Int, about rows: Int, angles: RotaryAngles, on device: any Device, part: (Range<Int>) -> Tensor
  ) -> AttentionMemory {
    var made: AttentionMemory?
    device.holding([key, value]) {
      made = device.memory(of: count, heads(keyNorm, angles), about: rows) { range in
        let both = device.linear(part(range), [key, value], activation: .identity, for: .heads)
        return (both[0], both[1])
      }
    }
    guard let made else { preconditionFailure("a device calls the body of holding") }
    return made
  }

  /// What the rows y find among themselves, at places given by `angles`.
  func mix(_ y: Tensor, angles: RotaryAngles, on device: any Device) -> Tensor {
    let (queries, memory) = prepare(y, angles, on: device)
    return attend(queries, over: memory, on: device)
  }

  /// What is made on the way is gone when this returns.
  private func prepare(
    _ y: Tensor, _ angles: RotaryAngles, on device: any Device
  ) -> (queries: AttentionQueries, memory: AttentionMemory) {
    let all = device.linear(y, [query, key, value], activation: .identity, for: .heads)
    let memory = device.memory(keys: all[1], values: all[2], heads(keyNorm, angles))
    return (device.queries(all[0], heads(queryNorm, angles)), memory)
  }

  /// What the rows y find in `memory`.
  func mix(_ y: Tensor, over memory: AttentionMemory, angles: RotaryAngles? = nil, on device: any Device) -> Tensor {
    let queries = device.queries(
      device.linear(y, query, activation: .identity, for: .heads), heads(queryNorm, angles))
    return attend(queries, over: memory, on: device)
  }

  /// What is multiplied for every part of the queries.
  var weightsOfQueries: [Weight] { [query, output] }
  var weights: [Weight] { [query, key, value, output] }

  private func attend(_ queries: AttentionQueries, over memory: AttentionMemory, on device: any Device) -> Tensor {
    let scale = 1 / Float(shape.attentionHeadDim).squareRoot()
    return device.attention(queries, over: memory, scale: scale, bias: nil)
  }

  private func heads(_ norm: Tensor, _ angles: RotaryAngles? = nil) -> HeadShape {
    HeadShape(heads: shape.numAttentionHeads, norm: (norm, Float(shape.eps)), angles: angles, mayRound: !ofText)
  }
}
