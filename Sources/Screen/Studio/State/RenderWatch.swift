import Foundation
import Rendering

/// A render as it is watched: folded from its events, or read from the ledger when it runs elsewhere.
struct RenderWatch: Sendable {
  enum Stage: Hashable, Sendable {
    case preparing
    case loading(Component)
    case text, denoise, decode, check
  }

  var job: Job
  var startedAt: Date
  var endedAt: Date?
  /// It runs in another process: the ledger tells how far it is.
  var isForeign = false
  private(set) var stage = Stage.preparing
  /// How fast the weights come, while they are loaded; nil while that is not known.
  private(set) var bytesPerSecond: Double?
  private(set) var done = 0
  private(set) var total = 0
  private(set) var expert: Component?
  private(set) var sigma: Double?
  /// What of the last step was computed.
  private(set) var passes: Passes?
  private(set) var preview: [Frame] = []
  private(set) var plan: Plan?
  private(set) var warnings: [String] = []
  /// Seconds of each part that has begun, in the order of the panel.
  private(set) var parts: [Part: Double] = [:]
  private var stepSeconds: [Double] = []
  private var steps = 0
  /// Since when the engine works at it: the model was opened before.
  private var plannedAt: Date?
  /// It began behind the first step, where an earlier render stopped.
  private var wentOn = false
  private var lastStepAt: Date?
  private var partBegan: (part: Part, at: Date)?
  private var ledgerPace: Double?
  /// The part in which a render of another process is, whose times are not known.
  private(set) var reached: Part?

  enum Part: Hashable, Sendable, CaseIterable { case text, high, low, vae, clip }

  init(_ job: Job, now: Date) {
    self.job = job
    startedAt = job.startedAt ?? now
    if let progress = job.progress { take(progress, now: now) }
  }

  var current: Part? { endedAt == nil ? partBegan?.part : nil }

  /// Seconds of a part: final for those that are over, counting for the present one.
  func seconds(_ part: Part, now: Date) -> Double? {
    guard let known = parts[part] else { return nil }
    guard let partBegan, partBegan.part == part, endedAt == nil else { return known }
    return known + max(0, now.timeIntervalSince(partBegan.at))
  }

  func elapsed(_ now: Date) -> Double { max(0, (endedAt ?? now).timeIntervalSince(startedAt)) }

  /// Work in seconds that the engine may lose: what is less is not kept (as its StateKeeper has it).
  static let risk = 10.0

  /// Whether rendering it again would go on from about here. Once its frames are out nothing is kept.
  func isKept(_ now: Date) -> Bool {
    switch stage {
    case .check: false
    case .decode, .loading(.vae): true
    case .preparing, .loading, .text, .denoise:
      steps > 0 && (wentOn || steps >= job.recipe.steps || now.timeIntervalSince(plannedAt ?? startedAt) >= Self.risk)
    }
  }

  /// Nil before two steps are known.
  var secondsPerStep: Double? {
    if let ledgerPace { return ledgerPace }
    guard stepSeconds.count >= 2 else { return nil }
    let recent = stepSeconds.suffix(8)
    return recent.reduce(0, +) / Double(recent.count)
  }

  /// Of the denoising; it counts down between steps.
  func secondsLeft(_ now: Date) -> Double? {
    guard stage == .denoise, let pace = secondsPerStep, total > 0 else { return nil }
    let sinceStep = lastStepAt.map { now.timeIntervalSince($0) } ?? 0
    return max(0, Double(total - done) * pace - min(max(0, sinceStep), pace))
  }
}

extension RenderWatch {
  mutating func take(_ event: RenderEvent, now: Date) {
    switch event {
    case .planned(let plan): (self.plan, plannedAt) = (plan, now)
    case .remark(let text): takeWarning(text)
    case .loading(let loading): load(loading, now)
    case .textEncoded(let text):
      begin(.text, now)
      parts[.text] = text.seconds
      (stage, done, total) = (.text, 0, 0)
    case .step(let step): take(step, now)
    case .decoding(let decoding):
      begin(.vae, now)
      (stage, done, total) = (.decode, decoding.framesDone, decoding.frameCount)
    case .frames(let frames): keep(frames)
    case .finished: break
    }
  }

  mutating func takeChecking(_ now: Date) {
    begin(.clip, now)
    (stage, done, total) = (.check, 0, 0)
  }

  mutating func takeWarning(_ text: String) { warnings.append(text) }

  mutating func end(_ job: Job, _ now: Date) {
    close(now)
    self.job = job
    endedAt = job.finishedAt ?? now
    if isForeign, let seconds = job.result?.seconds { take(seconds) }
  }

  /// Nobody told how long the parts of a render in another process took, until it is done; of the experts only both
  /// together.
  private mutating func take(_ seconds: Render.Seconds) {
    (parts[.text], parts[.vae], parts[.clip]) = (seconds.text, seconds.decode, seconds.encode + seconds.verify)
  }

  /// What the ledger says about a job that runs in another process.
  mutating func take(_ progress: JobProgress, now: Date) {
    startedAt = now.addingTimeInterval(-progress.elapsed)
    (done, total, sigma, ledgerPace) = (progress.done, progress.total, progress.sigma, progress.secondsPerStep)
    stage =
      switch progress.stage {
      case .preparing: .preparing
      case .loading: progress.component.map { .loading($0) } ?? .preparing
      case .text: .text
      case .denoise: .denoise
      case .decode: .decode
      case .check: .check
      }
    if stage == .denoise { steps = progress.done }
    if let component = progress.component, component == .highNoiseExpert || component == .lowNoiseExpert {
      expert = component
    }
    reached =
      switch stage {
      case .preparing: nil
      case .loading(let component): Part(component)
      case .text: .text
      case .denoise: expert.map(Part.init)
      case .decode: .vae
      case .check: .clip
      }
    lastStepAt = now
  }

  /// Whether a part of a render in another process is over.
  func isOver(_ part: Part) -> Bool {
    if isForeign, endedAt != nil, job.state == .done { return true }
    guard let reached, let now = Part.allCases.firstIndex(of: reached) else { return false }
    return Part.allCases[..<now].contains(part)
  }

  mutating func take(_ thumbnail: Thumbnail) { preview = thumbnail.frames }

  private mutating func load(_ loading: Loading, _ now: Date) {
    begin(Part(loading.component), now)
    bytesPerSecond = loading.bytesPerSecond
    guard loading.bytesDone < loading.bytesTotal else {
      switch loading.component {
      case .textEncoder: (stage, done, total) = (.text, 0, 0)
      case .highNoiseExpert, .lowNoiseExpert: (stage, done, total) = (.denoise, steps, job.recipe.steps)
      case .vae: (stage, done, total) = (.decode, 0, job.recipe.frameCount)
      }
      return
    }
    (stage, done, total) = (.loading(loading.component), loading.bytesDone, loading.bytesTotal)
  }

  private mutating func take(_ step: DenoisingStep, _ now: Date) {
    begin(Part(step.expert), now)
    if step.expert != expert { stepSeconds = [] }
    if steps == 0 { wentOn = step.index > 1 }
    (expert, sigma, steps, lastStepAt, passes) = (step.expert, step.sigma, step.index, now, step.passes)
    stepSeconds.append(step.seconds)
    (stage, done, total) = (.denoise, step.index, step.count)
    if !step.preview.isEmpty { preview = step.preview }
  }

  /// Decoded frames take the place of the preview once there are a few, made small: a panel is a few cells wide.
  private mutating func keep(_ frames: [Frame]) {
    if done <= frames.count { preview = [] }
    preview += frames.map { $0.scaled(toWidth: 160) }
  }

  private mutating func begin(_ part: Part, _ now: Date) {
    guard partBegan?.part != part else { return }
    close(now)
    partBegan = (part, now)
    parts[part] = parts[part] ?? 0
  }

  private mutating func close(_ now: Date) {
    if let partBegan, partBegan.part != .text || parts[.text] == 0 {
      parts[partBegan.part, default: 0] += max(0, now.timeIntervalSince(partBegan.at))
    }
    partBegan = nil
  }
}

extension RenderWatch.Part {
  init(_ component: Component) {
    switch component {
    case .textEncoder: self = .text
    case .highNoiseExpert: self = .high
    case .lowNoiseExpert: self = .low
    case .vae: self = .vae
    }
  }
}

extension Frame {
  /// Nearest pixels, for pictures that are smaller than a hand; nothing is done to those that are small already.
  func scaled(toWidth target: Int) -> Frame {
    guard width > target, target > 0 else { return self }
    let rows = max(1, height * target / width)
    var small: [UInt8] = []
    small.reserveCapacity(target * rows * 3)
    for y in 0..<rows {
      let line = y * height / rows * width
      for x in 0..<target {
        let pixel = (line + x * width / target) * 3
        small += rgb[pixel..<pixel + 3]
      }
    }
    return Frame(width: target, height: rows, rgb: small)
  }
}
