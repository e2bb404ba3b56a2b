import Foundation
public import Rendering

/// An engine that renders nothing: it says the same things in the same order as a real one, and gives
/// flat frames whose colour comes from seed and index.
///
///     var engine = FakeEngine()
///     engine.pause = 0.01
///     engine.failure = (RenderError(.numerics, "NaN in step 3"), atStep: 3)
public struct FakeEngine: RenderEngine {
  /// Seconds that every step and every frame takes.
  public var pause = 0.0
  /// Called before every step; the step waits until it returns.
  public var gate: (@Sendable () -> Void)?
  public var failure: (error: RenderError, atStep: Int)?
  /// Frames to give, if not those of the recipe.
  public var frameCount: Int?
  public var fingerprint = "fake"
  public var planError: RenderError?
  /// Other weights give other frames: this much lighter.
  public var shade: UInt64 = 0

  public init() {}

  public func plan(_ recipe: Recipe) throws -> Plan {
    if let planError { throw planError }
    let phases = Component.allCases.map { Plan.Phase(component: $0, anonymousBytes: 1000, mappedBytes: 2000) }
    return Plan(
      phases: phases, tokens: 60, latentShape: [recipe.frameCount / 4 + 1, recipe.height / 8, recipe.width / 8, 16])
  }

  public func render(_ recipe: Recipe) -> RenderStream {
    let stream = RenderStream()
    Thread.detachNewThread {
      do {
        try work(recipe, stream)
        stream.finish()
      } catch {
        stream.finish(throwing: error)
      }
    }
    return stream
  }

  private func work(_ recipe: Recipe, _ stream: RenderStream) throws {
    stream.yield(.planned(try plan(recipe)))
    stream.yield(.loading(Loading(component: .textEncoder, bytesDone: 2000, bytesTotal: 2000)))
    try rest(stream)
    stream.yield(.textEncoded(TextEncoded(promptTokens: 7, negativeTokens: 3, seconds: pause)))
    for index in 1...max(recipe.steps, 1) { try step(index, recipe, stream) }
    stream.yield(.loading(Loading(component: .vae, bytesDone: 2000, bytesTotal: 2000)))
    let count = frameCount ?? recipe.frameCount
    for index in 0..<count {
      try rest(stream)
      stream.yield(.decoding(Decoding(framesDone: index + 1, frameCount: count)))
      stream.yield(.frames([frame(index, recipe)]))
    }
    let seconds = PhaseSeconds(text: 0.25, denoise: 1.5, decode: 0.5)
    stream.yield(.finished(EngineReport(seconds: seconds, modelFingerprint: fingerprint)))
  }

  private func step(_ index: Int, _ recipe: Recipe, _ stream: RenderStream) throws {
    gate?()
    if let failure, failure.atStep == index { throw failure.error }
    let noise = 1 - Double(index - 1) / Double(recipe.steps)
    let expert = noise >= recipe.boundary ? Component.highNoiseExpert : .lowNoiseExpert
    if index == 1 || noise < recipe.boundary && noise + 1 / Double(recipe.steps) >= recipe.boundary {
      stream.yield(.loading(Loading(component: expert, bytesDone: 2000, bytesTotal: 2000)))
    }
    try rest(stream)
    stream.yield(
      .step(
        DenoisingStep(
          index: index, count: recipe.steps, expert: expert, sigma: noise, timestep: noise * 1000, seconds: pause,
          preview: [])))
  }

  private func rest(_ stream: RenderStream) throws {
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    if stream.isCancelled { throw RenderError(.cancelled, "the render was cancelled") }
  }

  private func frame(_ index: Int, _ recipe: Recipe) -> Frame {
    var rgb = [UInt8](
      repeating: UInt8(40 + (recipe.seed &+ shade &+ UInt64(index) &* 8) % 160), count: recipe.width * recipe.height * 3
    )
    // A bar that moves down, so that the clip does not stand still.
    let row = index * 2 % recipe.height
    for x in 0..<recipe.width * 3 * 2 { rgb[(row * recipe.width * 3 + x) % rgb.count] = 255 }
    return Frame(width: recipe.width, height: recipe.height, rgb: rgb)
  }
}
