public import Checkpoints
import Foundation
public import Tensors

/// One expert of Wan: predicts the flow (noise − clip) of noisy latents.
///
///     let expert = try Transformer(configuration, checkpoint, on: CPU(precision: .fast))
///     let text = expert.remember(embeddings)             // once for a prompt
///     let flow = try expert(latents, timestep: 937, text: text) { false }
///
/// Source: the Wan 2.2 repository's `wan/modules/model.py` and diffusers' `transformer_wan.py`.
public final class Transformer {
  public let configuration: TransformerConfiguration
  private let device: any Device
  private let patchEmbedding: Weight
  private let timeIn, timeOut, timeProjection: Weight
  private let textIn, textOut: Weight
  private let blocks: [TransformerBlock]
  private let headModulation: Tensor
  private let head: Weight
  /// Where the blocks' weights lie.
  public let pages: LayerPages
  private var reader: LayerReader?
  private var angles: (shape: [Int], angles: RotaryAngles)?
  /// Tokens that go through a layer at a time, so that what it makes of them does not grow with the clip: so many that
  /// reading and packing the weights once more for each part takes no time to speak of.
  public var tokensAtATime = 4096

  /// - Throws: ``CheckpointError`` if a tensor is missing or has another shape than the configuration says.
  public init(_ configuration: TransformerConfiguration, _ checkpoint: Checkpoint, on device: any Device) throws {
    let shape = configuration
    checkpoint.readVectorsAhead()
    let weights = WeightReader(checkpoint: checkpoint)
    let width = shape.dim
    self.configuration = shape
    self.device = device
    patchEmbedding = try weights.matrix("patch_embedding", shape: [width, shape.inChannels] + shape.patchSize)
    let condition = weights["condition_embedder"]
    timeIn = try condition.linear("time_embedder.linear_1", from: shape.freqDim, to: width)
    timeOut = try condition.linear("time_embedder.linear_2", from: width, to: width)
    timeProjection = try condition.linear("time_proj", from: width, to: 6 * width)
    textIn = try condition.linear("text_embedder.linear_1", from: shape.textDim, to: width)
    textOut = try condition.linear("text_embedder.linear_2", from: width, to: width)
    blocks = try (0..<shape.numLayers).map { try TransformerBlock(shape, weights["blocks.\($0)"]) }
    headModulation = try weights.vector("scale_shift_table", 2 * width)
    head = try weights.linear("proj_out", from: width, to: shape.outChannels * shape.patchVolume)
    pages = checkpoint.pages(of: (0..<shape.numLayers).map { "blocks.\($0)." }, isOnce: Self.servesThePrompt)
  }

  /// Whether a tensor is needed when something new is made of a prompt, and not in every pass.
  private static func servesThePrompt(_ name: String) -> Bool {
    ["attn2.to_k.", "attn2.to_v.", "condition_embedder.text_embedder."].contains(where: name.contains)
  }

  deinit { reader?.close() }

  /// Reads the blocks' weights ahead, and gives back those that are not to stay.
  public func keep(_ residency: Residency) { reader = LayerReader(pages, residency: residency) }

  /// What the blocks need of a prompt: its keys and values for each of them, made when a block first asks.
  public final class Text {
    /// [rows, width]
    let hidden: Tensor
    /// How many rows the last one stands for.
    let lastCount: Int
    /// nil if they are to be made anew each time.
    fileprivate var blocks: [AttentionMemory?]?

    fileprivate init(_ hidden: Tensor, lastCount: Int, blocks: Int?) {
      self.hidden = hidden
      self.lastCount = lastCount
      self.blocks = blocks.map { [AttentionMemory?](repeating: nil, count: $0) }
    }
  }

  /// - Parameters:
  ///   - embeddings: [rows, textDim]; zero rows of padding take part like any other. Their keys and values are alike, so
  ///     that one stands for them all.
  ///   - keepsKeys: whether keys and values stay in memory between steps: 2 · layers · different rows · width numbers.
  ///     Making them anew takes little of the time of a step.
  public func remember(_ embeddings: Tensor, keepsKeys: Bool = true) -> Text {
    let lastCount = embeddings.equalRowsAtEnd
    let different = embeddings.rows(0..<embeddings.shape[0] - max(lastCount - 1, 0))
    let hidden = device.linear(different, textIn, activation: .geluTanh, for: .products)
    let text = device.linear(hidden, textOut, activation: .identity, for: .products)
    for weight in [textIn, textOut] { weight.rest() }
    return Text(text, lastCount: lastCount, blocks: keepsKeys ? blocks.count : nil)
  }

  /// Those of each text. What makes them is over when they are kept.
  private func keysAndValues(_ texts: [Text], _ block: Int) -> [AttentionMemory] {
    var isOver = false
    let all = texts.map { text in
      if let known = text.blocks?[block] { return known }
      let made = blocks[block].remember(text.hidden, last: text.lastCount, on: device)
      if text.blocks != nil {
        text.blocks?[block] = made
        isOver = true
      }
      return made
    }
    if isOver { blocks[block].restOfText() }
    return all
  }

  /// - Parameters:
  ///   - latents: [frames, height, width, channels]; height and width are multiples of the patch.
  ///   - timestep: 0…1000
  ///   - isCancelled: asked several times in every block; once it says yes, it has to go on saying so.
  /// - Returns: the flow, in the shape of the latents.
  /// - Throws: ``ModelError/cancelled``
  public func callAsFunction(
    _ latents: Tensor, timestep: Double, text: Text, isCancelled: () -> Bool
  ) throws -> Tensor {
    try self(latents, timesteps: [timestep], text: text, isCancelled: isCancelled)
  }

  /// The same with a timestep for every token, frames outermost, or one for all.
  /// - Throws: ``ModelError``
  public func callAsFunction(
    _ latents: Tensor, timesteps: [Double], text: Text, isCancelled: () -> Bool
  ) throws -> Tensor {
    let (pass, x) = try enter(latents, timesteps)
    try run(0..<blocks.count, pass, [(x, text)], isCancelled)
    return leave(x, pass)
  }

  /// A pass for each of some texts, layer by layer: what weights are read, or expanded, serves all of them, and until the
  /// text first plays a role, in the first block, they are one.
  /// - Parameters:
  ///   - caches: none, or one for each text: passes that are over after the first block where that is enough.
  ///   - mayReuse: whether they may; the caches are kept up anyway.
  /// - Returns: for each text the flow, and whether it was made of those of earlier passes.
  /// - Throws: ``ModelError/cancelled``
  public func callAsFunction(
    _ latents: Tensor, timestep: Double, texts: [Text], caches: inout [StepCache], mayReuse: Bool,
    isCancelled: () -> Bool
  ) throws -> [(flow: Tensor, isReused: Bool)] {
    let (pass, x) = try enter(latents, [timestep])
    // Without other blocks there is nothing to spare.
    let spares = !caches.isEmpty && blocks.count > 1
    let before = spares ? watched(x) : []
    let streams = try runFirst(pass, x, texts, isCancelled)
    let firsts = spares ? streams.map { zip(watched($0.x), before).map { $0 - $1 } } : []
    var reused: [Int: [Float]] = [:]
    if mayReuse {
      for index in firsts.indices { reused[index] = caches[index].flow(first: firsts[index], timestep: timestep) }
    }
    let rest = streams.enumerated().filter { reused[$0.offset] == nil }.map(\.element)
    if !rest.isEmpty { try run(1..<blocks.count, pass, rest, isCancelled) }
    return streams.enumerated().map { index, stream in
      if let flow = reused[index] { return (Tensor(flow, shape: pass.flowShape), true) }
      let flow = leave(stream.x, pass)
      if spares { caches[index].keep(first: firsts[index], timestep: timestep, flow: flow.floats()) }
      return (flow, false)
    }
  }

  /// Without caches.
  /// - Throws: ``ModelError/cancelled``
  public func callAsFunction(
    _ latents: Tensor, timestep: Double, texts: [Text], isCancelled: () -> Bool
  ) throws -> [Tensor] {
    var none: [StepCache] = []
    return try self(
      latents, timestep: timestep, texts: texts, caches: &none, mayReuse: false, isCancelled: isCancelled
    ).map(\.flow)
  }

  /// The first block, for each text.
  private func runFirst(_ pass: Pass, _ x: Tensor, _ texts: [Text], _ isCancelled: () -> Bool) throws -> [Stream] {
    var streams: [Stream] = []
    try withBlock(0, texts, isCancelled) { block in
      block.attendToItself([x], pass.setting, on: device, isCancelled: isCancelled)
      streams = texts.enumerated().map { index, text in (x: index == 0 ? x : x.copy(), text: text) }
      block.goOn(
        streams.map(\.x), pass.setting, texts: keysAndValues(texts, 0), on: device, isCancelled: isCancelled)
    }
    return streams
  }

  /// Calls `body` with a block whose weights are read, and gives back those that are not to stay.
  /// - Throws: ``ModelError/cancelled``, for then the block has not done all.
  private func withBlock(
    _ index: Int, _ texts: [Text], _ isCancelled: () -> Bool, _ body: (TransformerBlock) -> Void
  ) throws {
    reader?.begin(index, once: texts.contains { $0.blocks?[index] == nil })
    body(blocks[index])
    if isCancelled() { throw ModelError.cancelled }
    reader?.end(index, keepsOnce: texts.contains { $0.blocks == nil })
  }

  /// The rows of x that a step cache watches.
  private func watched(_ x: Tensor) -> [Float] {
    let (tokens, width) = (x.shape[0], x.shape[1])
    return x.withFloats { values in
      stride(from: 0, to: tokens, by: StepCache.stride(of: tokens)).flatMap { values[$0 * width..<($0 + 1) * width] }
    }
  }

  /// Tokens on their way through the blocks, [tokens, width], which change them in place; and the text that they are told.
  typealias Stream = (x: Tensor, text: Text)

  func run(
    _ range: Range<Int>, _ pass: Pass, _ streams: [Stream], _ isCancelled: () -> Bool,
    after: ((TransformerBlock.Part) -> Void)? = nil
  ) throws {
    let texts = streams.map(\.text)
    func run(_ index: Int) throws {
      try withBlock(index, texts, isCancelled) { block in
        block(
          streams.map(\.x), pass.setting, texts: keysAndValues(texts, index), on: device, isCancelled: isCancelled,
          after: after)
      }
    }
    // Of blocks that leave something in memory, every one has to be rehearsed.
    let leavesNothing = !device.keepsWeights && texts.allSatisfy { $0.blocks == nil }
    if leavesNothing { try Rehearsal.forEach(range, run) } else { try range.forEach(run) }
  }
}

// MARK: - Entering and leaving

extension Transformer {
  /// What is common to all passes of a step.
  struct Pass {
    let patches: Patches
    /// [different timesteps, width]
    let embedded: Tensor
    let setting: TransformerBlock.Setting
    let flowShape: [Int]
  }

  func enter(_ latents: Tensor, _ timesteps: [Double]) throws -> (pass: Pass, x: Tensor) {
    let patches = Patches(latents: latents.shape, size: configuration.patchSize)
    guard timesteps.count == 1 || timesteps.count == patches.count else {
      throw ModelError.badInput("\(timesteps.count) timesteps do not fit \(patches.count) tokens")
    }
    let (runs, times) = TimedTokens.runs(timesteps, count: patches.count)
    let angles = rotaryAngles(patches)
    let x = device.linear(patches.gather(latents), patchEmbedding, activation: .identity, for: .sums)
    let embedded = timeEmbeddings(times)
    let activated = embedded.floats().map { $0 / (1 + exp(-$0)) }
    let projected = device.linear(
      Tensor(activated, shape: embedded.shape), timeProjection, activation: .identity, for: .sums)
    let setting = TransformerBlock.Setting(
      times: projected, runs: runs, angles: angles, parts: TimedTokens.parts(of: x.shape[0], atMost: tokensAtATime))
    let flowShape = Array(latents.shape.dropLast()) + [configuration.outChannels]
    return (Pass(patches: patches, embedded: embedded, setting: setting, flowShape: flowShape), x)
  }

  func leave(_ x: Tensor, _ pass: Pass) -> Tensor {
    pass.patches.scatter(leave(x, pass.embedded, pass.setting.runs), into: pass.flowShape)
  }

  /// [tokens, width] → [tokens, volume · outChannels]. The time's shift is also its scale.
  private func leave(_ x: Tensor, _ embedded: Tensor, _ runs: [TimedTokens]) -> Tensor {
    let (times, width) = (embedded.shape[0], configuration.dim)
    let twice = (0..<times).flatMap { time in
      let row = embedded.rows(time..<time + 1).floats()
      return row + row
    }
    let table = Modulation(
      headModulation, Tensor(twice, shape: [times, 2 * width]), runs, width: width, epsilon: configuration.eps)
    return device.linear(table.norm(x, shift: 0, scale: 1, on: device), head, activation: .identity, for: .sums)
  }

  /// Sinusoids, cosine first, through a small network: [timesteps, width]. Float32 throughout, as diffusers has it.
  private func timeEmbeddings(_ timesteps: [Double]) -> Tensor {
    let half = configuration.freqDim / 2
    let sinusoids = timesteps.flatMap { timestep in
      let angles = (0..<half).map { index -> Float in
        let exponent = -Float(log(10_000.0)) * Float(index) / Float(half)
        return Float(timestep) * exp(exponent)
      }
      return angles.map { cos($0) } + angles.map { sin($0) }
    }
    let input = Tensor(sinusoids, shape: [timesteps.count, 2 * half])
    let hidden = device.linear(input, timeIn, activation: .silu, for: .products)
    return device.linear(hidden, timeOut, activation: .identity, for: .sums)
  }

  private func rotaryAngles(_ patches: Patches) -> RotaryAngles {
    let shape = [patches.frames, patches.rows, patches.columns]
    if let angles, angles.shape == shape { return angles.angles }
    let made = RotaryEmbedding.angles(
      frames: shape[0], rows: shape[1], columns: shape[2], headSize: configuration.attentionHeadDim)
    angles = (shape, made)
    return made
  }
}
