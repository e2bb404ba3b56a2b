import Crypto
public import Media
public import Rendering

/// A recipe on its way to a clip.
///
///     let job = RenderJob(recipe, engine: engine, destination: .file("clip.mp4", replacing: false))
///     let render = try await job.run { event in
///       if case .engine(.step(let step)) = event { print(step.index, step.count) }
///     }
///     print(render.output, render.framesSHA256)
public struct RenderJob: Sendable {
  public let recipe: Recipe
  public let engine: any RenderEngine
  public let destination: ClipDestination
  /// The recipe in the clip that it is made from; nil if it is made from none.
  public var origin: Recipe?

  public init(_ recipe: Recipe, engine: any RenderEngine, destination: ClipDestination) {
    self.recipe = recipe
    self.engine = engine
    self.destination = destination
  }

  /// Checks everything that can be checked, renders, encodes, verifies.
  ///
  /// Cancelling the task stops the engine; the error then has code `cancelled`. After any error nothing half-written
  /// is left; frames that could not be encoded are kept, and the error says where.
  /// - Parameter observe: called in order, between the events; it should be quick.
  /// - Throws: ``RenderError``, or whatever the engine throws.
  public func run(observing observe: @Sendable (JobEvent) -> Void) async throws -> Render {
    let clock = ContinuousClock()
    let start = clock.now
    try recipe.check(on: engine.grid)
    FFmpeg.prepare()
    let plan = try PlanAdvisor.require(recipe, on: engine.grid) { try engine.plan($0) }
    var intake = FrameIntake(writer: try ClipWriter(recipe, to: destination))
    for warning in intake.writer.warnings { observe(.warning(warning)) }
    if let hint = recipe.distilledHint { observe(.warning(hint)) }
    let planned = clock.now

    let (report, operations) = try await follow(engine.render(recipe), &intake, plan, observe)
    let rendered = recipe(after: report, observe)
    observe(.checking)
    let decoded = clock.now
    let clip = try intake.writer.finish(rendered)
    for warning in clip.check.warnings { observe(.warning(warning)) }

    var seconds = Render.Seconds()
    seconds.plan = (planned - start).seconds
    seconds.text = report?.seconds.text ?? 0
    seconds.denoise = report?.seconds.denoise ?? 0
    seconds.decode = report?.seconds.decode ?? 0
    seconds.encode = intake.encodeTime.seconds
    seconds.verify = (clock.now - decoded).seconds
    seconds.total = (clock.now - start).seconds
    return Render(
      output: clip.path ?? "-", recipe: rendered, frames: clip.check.frames, framesSHA256: intake.framesSHA256,
      peakRSSBytes: ProcessMemory.peakBytes, seconds: seconds, operations: operations)
  }

  /// The recipe with the fingerprint of the weights that were used.
  private func recipe(after report: EngineReport?, _ observe: (JobEvent) -> Void) -> Recipe {
    guard let fingerprint = report?.modelFingerprint else { return recipe }
    if let expected = recipe.modelFingerprint, expected != fingerprint {
      observe(.warning("the model's weights are not those of the recipe: expect other frames"))
    }
    var rendered = recipe
    rendered.modelFingerprint = fingerprint
    return rendered
  }

  /// Reads the engine's stream to its end, also when it has to be stopped: nothing of the engine may still
  /// run when the files are gone.
  private func follow(
    _ stream: RenderStream, _ intake: inout FrameIntake, _ plan: Plan, _ observe: @Sendable (JobEvent) -> Void
  ) async throws -> (report: EngineReport?, operations: Render.Operations?) {
    var report: EngineReport?
    var plan = plan
    do {
      for try await event in stream {
        if case .remark(let text) = event {
          observe(.warning(text))
          continue
        }
        observe(.engine(event))
        if case .loading(let loading) = event, let note = loading.note { observe(.warning(note)) }
        switch event {
        case .frames(let frames): for frame in frames { try intake.take(frame) }
        case .finished(let finished): report = finished
        // What it goes by itself: a text may have come into the cache since, or gone.
        case .planned(let own): plan = own
        default: break
        }
      }
      try Task.checkCancellation()
      return (report, plan.operations?.computed(report?.passes))
    } catch {
      stream.cancel()
      let rest = stream.makeAsyncIterator()
      while (try? await rest.next()) != nil {}
      throw error is CancellationError ? RenderError(.cancelled, "the render was cancelled") : error
    }
  }
}

extension Render.Operations {
  /// Without those of passes that the step cache spared; a plan counts on none.
  fileprivate func computed(_ passes: Passes?) -> Render.Operations {
    guard let passes, passes.reused > 0 else { return self }
    var computed = self
    computed.denoise = Int(Double(denoise) * Double(passes.full) / Double(passes.full + passes.reused))
    return computed
  }
}

/// What happens to each frame between engine and clip.
private struct FrameIntake {
  let writer: ClipWriter
  private var hash = SHA256()
  private(set) var encodeTime = Duration.zero

  init(writer: ClipWriter) { self.writer = writer }

  mutating func take(_ frame: Frame) throws {
    try Task.checkCancellation()
    hash.update(data: frame.rgb)
    encodeTime += try ContinuousClock().measure { try writer.append(frame) }
  }

  var framesSHA256: String {
    hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 2 ? digits : "0" + digits
    }.joined()
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
