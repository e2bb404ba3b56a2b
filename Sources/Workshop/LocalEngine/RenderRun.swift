import Checkpoints
import Rendering
import Tensors
import WanModel

/// One render from recipe to frames, on the engine's thread. Reads like the picture of the pipeline:
/// text → noise → experts → VAE.
struct RenderRun {
  let recipe: Recipe
  let planner: Planner
  let preview: LatentPreview
  let stream: RenderStream
  private let known: KnownTexts
  private let keeper: StateKeeper?
  private let fingerprints: FingerprintMemory
  private let fingerprint: Meanwhile<String>
  private var folder: ModelFolder { planner.folder }

  /// - Parameters:
  ///   - shelf: where half-done renders are kept; nil keeps none.
  ///   - texts: where encoded texts are kept; nil keeps none.
  init(
    recipe: Recipe, planner: Planner, preview: LatentPreview, shelf: StateShelf?, texts: TextCache?,
    fingerprints: FingerprintMemory, stream: RenderStream
  ) throws {
    self.recipe = recipe
    self.fingerprints = fingerprints
    known = try KnownTexts(of: recipe, in: texts, planner.folder, fingerprints)
    self.planner = planner
    self.preview = preview
    self.stream = stream
    let fingerprint = Meanwhile { try planner.folder.fingerprint(fingerprints) }
    self.fingerprint = fingerprint
    keeper = shelf.map { StateKeeper($0, recipe, weights: fingerprint.value) }
  }

  /// The processor, with as much memory as a phase may have.
  private func device(_ memory: PhaseMemory) -> CPU {
    MemoryPool.shared.limit(to: memory.poolLimit)
    return CPU(precision: recipe.precision.arithmetic, keptBytes: memory.keptBytes)
  }

  func run() throws {
    let planned = try planner.plan(recipe, known)
    MemoryPool.shared.trim()
    let schedule = try recipe.schedule()
    stream.yield(.planned(planned.plan))
    for problem in known.problems { stream.yield(.remark(problem)) }
    defer { MemoryPool.shared.limit(to: nil) }
    if planner.preloads {
      try Preloader(folder: folder, limit: planner.cacheBytes, listener: listener).read(
        planned.plan.phases.filter { $0.steps > 0 }.map(\.component))
    }
    var seconds = PhaseSeconds()
    var passes = Passes()
    let text = try timed(&seconds.text) { try encodeText(planned.text) }
    do {
      let latents = try timed(&seconds.denoise) {
        try denoise(text, schedule, shape: planned.plan.latentShape, planned.experts, &passes)
      }
      try timed(&seconds.decode) { try decode(latents, planned) }
    } catch {
      keeper?.breakOff()
      throw error
    }
    keeper?.finish()
    let weights = try fingerprint.value()
    for problem in [keeper?.problem, fingerprints.problem].compactMap(\.self) { stream.yield(.remark(problem)) }
    stream.yield(.finished(EngineReport(seconds: seconds, modelFingerprint: weights, passes: passes)))
  }

  private func timed<T>(_ seconds: inout Double, _ phase: () throws -> T) rethrows -> T {
    let start = ContinuousClock.now
    defer {
      seconds = (ContinuousClock.now - start).seconds
      MemoryPool.shared.trim()
    }
    return try phase()
  }

  private var listener: Denoiser.Listener {
    var listener = Denoiser.Listener()
    listener.isCancelled = { stream.isCancelled }
    listener.loading = { [stream] in stream.yield(.loading($0)) }
    return listener
  }

  private func encodeText(_ memory: PhaseMemory) throws -> TextEmbeddings {
    let start = ContinuousClock.now
    let text = try TextEmbeddings(
      prompt: recipe.prompt, negative: recipe.negativePrompt, folder: folder, device: device(memory), memory: memory,
      known: known, listener: listener)
    stream.yield(
      .textEncoded(
        TextEncoded(
          promptTokens: text.promptTokens, negativeTokens: text.negativeTokens,
          seconds: (ContinuousClock.now - start).seconds, promptFromCache: known.prompt == nil ? nil : true,
          negativeFromCache: known.negative == nil ? nil : true)))
    if let problem = known.keep(text.encoded) { stream.yield(.remark(problem)) }
    return text
  }

  private func denoise(
    _ text: TextEmbeddings, _ schedule: Schedule, shape: [Int], _ memory: PhaseMemory, _ passes: inout Passes
  ) throws -> Tensor {
    let channelsFirst = [shape[3], shape[0], shape[1], shape[2]]
    let noise = Noise.normal(channelsFirst, seed: recipe.seed).channelsLast()
    let hasTwoExperts = try folder.pipelineConfiguration().contains(ModelFolder.experts[1])
    var denoiser = Denoiser(
      folder: folder, device: device(memory), schedule: schedule, guidance: recipe.guidance,
      boundary: hasTwoExperts ? recipe.boundary : nil,
      savings: PassSavings(stepCache: recipe.stepCache, skipGuidanceAfter: recipe.skipGuidanceAfter))
    denoiser.memory = memory
    var listener = listener
    var counted = Passes()
    defer { passes = counted }
    listener.step = { step in
      counted = counted + step.passes
      stream.yield(
        .step(
          DenoisingStep(
            index: step.index, count: step.count, expert: step.expert, sigma: step.sigma, timestep: step.timestep,
            seconds: step.seconds, preview: preview.frames(step.predictedClean, shape: shape), passes: step.passes)))
    }
    listener.state = { keeper?.take($0) }
    let start = try keeper?.find(shape: shape)
    if let start {
      stream.yield(
        .remark(
          "goes on after step \(start.stepsDone) of \(recipe.steps), where an earlier render of this recipe stopped"))
    }
    return try denoiser(noise, from: start, prompt: text.prompt, negative: text.negative, listener: listener)
  }

  private func decode(_ latents: Tensor, _ planned: Planner.Planned) throws {
    let device = device(planned.decoder)
    let decoder = try folder.vaeDecoder(on: device)
    let bytes = try folder.checkpoint(Component.vae.rawValue).byteCount
    stream.yield(.loading(Loading(component: .vae, bytesDone: bytes, bytesTotal: bytes)))
    var done = 0
    try TiledDecoder(decoder: decoder, tiles: planned.tiles).decode(
      latents, isCancelled: { stream.isCancelled },
      progress: { share in
        let frames = Int(share * Double(recipe.frameCount))
        stream.yield(.decoding(Decoding(framesDone: frames, frameCount: recipe.frameCount)))
      },
      emit: { picture in
        done += 1
        guard let bytes = device.rgb8(picture) else {
          throw try folder.causeOfNonFinite("the VAE (frame \(done))", in: .vae)
        }
        stream.yield(.frames([Frame(width: recipe.width, height: recipe.height, rgb: bytes)]))
      })
    guard done == recipe.frameCount else {
      throw ModelError.badInput("the VAE gave \(done) frames where the recipe asks for \(recipe.frameCount)")
    }
  }
}
