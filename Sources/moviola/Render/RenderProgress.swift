import Production
import Rendering

/// Where a render is, folded from its events. Pure: it is told the time.
struct RenderProgress {
  enum Stage: Equatable {
    case preparing
    case loading(Component)
    case encodingText
    case denoising
    case decoding
    case checking
  }

  private(set) var stage = Stage.preparing
  /// Of the present stage: bytes, steps or frames.
  private(set) var done = 0
  private(set) var total = 0
  /// How fast the weights come, while they are loaded; nil while that is not known.
  private(set) var bytesPerSecond: Double?
  private(set) var expert: Component?
  /// Seconds of the steps that the present expert has taken.
  private(set) var stepSeconds: [Double] = []
  private var lastStep: Double = 0
  private var steps = (done: 0, total: 0)
  private var decoded = 0
  /// Of the present expert's steps.
  private var passes = Passes()
  /// Of the last step; nil where the recipe spares none.
  private(set) var sparing: Sparing?

  /// What the last step left out.
  enum Sparing: String, CaseIterable {
    case nothing = ""
    case reused = "from cache"
    case unguided = "unguided"
  }

  init(recipe: Recipe) {
    steps.total = recipe.steps
    if recipe.speed != .plain { sparing = .nothing }
  }

  /// Takes in an event.
  /// - Parameter now: seconds on any steady clock.
  /// - Returns: a sentence for each stage that is over with it.
  mutating func receive(_ event: JobEvent, at now: Double) -> [String] {
    switch event {
    case .warning: return []
    case .checking: enter(.checking, 0, 0)
    case .engine(.planned), .engine(.remark): break
    case .engine(.loading(let loading)): return load(loading)
    case .engine(.textEncoded(let text)):
      enter(.encodingText, 0, 0)
      let isCached = text.promptFromCache == true && text.negativeFromCache == true
      let counts = isCached ? "\(text.promptTokens) tokens, negative \(text.negativeTokens)" : text.counts
      return ["Text \(isCached ? "from the cache" : "encoded"): \(counts), \(Units.time(text.seconds))"]
    case .engine(.step(let step)): return take(step, now)
    case .engine(.decoding(let decoding)):
      let ended = endOfExpert()
      enter(.decoding, decoding.framesDone, decoding.frameCount)
      return ended
    case .engine(.frames(let frames)): decoded += frames.count
    case .engine(.finished(let report)):
      return ["Decoded: \(Units.count(decoded, "frame")), \(Units.time(report.seconds.decode))"]
    }
    return []
  }

  private mutating func load(_ loading: Loading) -> [String] {
    let isExpert = loading.component == .highNoiseExpert || loading.component == .lowNoiseExpert
    let ended = loading.component == expert || stage == .loading(loading.component) ? [] : endOfExpert()
    bytesPerSecond = loading.bytesPerSecond
    guard loading.bytesDone >= loading.bytesTotal else {
      enter(.loading(loading.component), loading.bytesDone, loading.bytesTotal)
      return ended
    }
    switch loading.component {
    case .textEncoder: enter(.encodingText, 0, 0)
    case .vae: enter(.decoding, 0, 0)
    case .highNoiseExpert, .lowNoiseExpert: enter(.denoising, steps.done, steps.total)
    }
    if isExpert { expert = loading.component }
    return ended
  }

  private mutating func take(_ step: DenoisingStep, _ now: Double) -> [String] {
    let ended = step.expert == expert ? [] : endOfExpert()
    expert = step.expert
    stepSeconds.append(step.seconds)
    take(step.passes ?? Passes())
    lastStep = now
    steps = (step.index, step.count)
    enter(.denoising, step.index, step.count)
    return ended
  }

  private mutating func take(_ passes: Passes) {
    self.passes = self.passes + passes
    guard sparing != nil else { return }
    sparing = passes.reused > 0 ? .reused : passes.skipped > 0 ? .unguided : .nothing
  }

  /// The sentence about an expert that has taken its last step.
  private mutating func endOfExpert() -> [String] {
    defer { (expert, stepSeconds, passes) = (nil, [], Passes()) }
    guard let expert, !stepSeconds.isEmpty else { return [] }
    let time = stepSeconds.reduce(0, +)
    return [
      "Denoised: \(Units.count(stepSeconds.count, "step")), \(expert.title), \(Units.time(time)), "
        + "\(Units.pace(time / Double(stepSeconds.count)))\(passes.note.map { "; \($0)" } ?? "")"
    ]
  }

  private mutating func enter(_ stage: Stage, _ done: Int, _ total: Int) {
    (self.stage, self.done, self.total) = (stage, done, total)
  }

  /// Mean seconds of the last few steps; nil before two are known.
  var secondsPerStep: Double? {
    guard stage == .denoising, stepSeconds.count >= 2 else { return nil }
    let recent = stepSeconds.suffix(8)
    return recent.reduce(0, +) / Double(recent.count)
  }

  /// Seconds until the last step is taken; it counts down between steps.
  func secondsLeft(at now: Double) -> Double? {
    secondsPerStep.map { max(0, Double(total - done) * $0 - min(now - lastStep, $0)) }
  }
}
