import Logging
import Rendering
import Synchronization

/// What a job does, as lines of the program's log: its start, every stage and step, warnings, its end.
///
/// Every line begins with the job's number, so that the log of one job can be read out of the whole.
struct JobLog: Sendable {
  private let logger: Logger
  private let label: String

  init(_ job: Job, _ logger: Logger) {
    self.logger = logger
    label = Self.label(of: job.id)
  }

  static func label(of job: Job.ID) -> String { "#\(job)" }

  func begin(_ recipe: Recipe) {
    say(
      .info,
      "begins: \(recipe.model), \(recipe.width)×\(recipe.height), \(recipe.frameCount) frames, \(recipe.steps) steps, "
        + "seed \(recipe.seed), \(recipe.precision.rawValue): \(recipe.prompt)")
  }

  func take(_ event: JobEvent) {
    switch event {
    case .engine(let event): take(event)
    case .warning(let text): say(.warning, text)
    case .checking: say(.info, "encoded; the clip is reopened and checked")
    }
  }

  private func take(_ event: RenderEvent) {
    switch event {
    case .remark(let text): say(.warning, text)
    case .planned(let plan): say(.info, "plan: \(plan.peakAnonymousBytes) bytes of memory")
    case .loading(let loading):
      if loading.bytesDone == loading.bytesTotal {
        say(.info, "\(loading.component.rawValue): \(loading.bytesTotal) bytes")
      }
    case .textEncoded(let text):
      say(.info, "text: \(text.counts), \(Self.round(text.seconds)) s")
    case .step(let step):
      say(
        .info,
        "step \(step.index) of \(step.count): \(step.expert.rawValue), sigma \(Self.round(step.sigma)), "
          + "\(Self.round(step.seconds)) s\(step.passes?.note.map { ", \($0)" } ?? "")")
    case .decoding(let decoding):
      if decoding.framesDone == decoding.frameCount { say(.info, "decoded \(decoding.frameCount) frames") }
    case .frames: break
    case .finished(let report):
      say(
        .info,
        "the engine is done; model \(report.modelFingerprint)\(report.passes?.note.map { "; \($0)" } ?? "")")
    }
  }

  func end(_ result: Result<Render, any Error>) {
    switch result {
    case .success(let render): say(.info, "done: \(render.output), frames \(render.framesSHA256)")
    case .failure(let error): say(.error, "ended without a clip: \(JobRecorder.sentence(error))")
    }
  }

  private func say(_ level: Logger.Level, _ text: String) { logger.log(level: level, "\(label) \(text)") }

  private static func round(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
