import Foundation
import History
import Production
import Rendering

/// Runs the job of `moviola render`, and keeps it in the history or not.
struct RenderRecording: Sendable {
  typealias Observe = @Sendable (JobEvent) -> Void
  var run: @Sendable (RenderJob, @escaping Observe) async throws -> Render

  static let off = RenderRecording { job, observe in try await job.run(observing: observe) }

  /// A ledger that cannot be opened is a warning: the clip is what was asked for.
  static func history(at library: URL) -> RenderRecording {
    RenderRecording { job, observe in
      var recorder: JobRecorder
      do throws(RenderError) {
        recorder = JobRecorder(try Ledger(at: library))
      } catch {
        observe(.warning("this render is not in the history: \(error.sentence)"))
        return try await job.run(observing: observe)
      }
      recorder.explain = Failure.ofJob
      return try await recorder.run(job, observing: observe).1
    }
  }

  static var live: RenderRecording {
    history(at: MoviolaHome(environment: ProcessInfo.processInfo.environment).ledgerFile)
  }
}

extension Failure {
  /// What the ledger says about an error that no code of ours threw.
  static let ofJob: @Sendable (any Error) -> Job.Failure = { error in
    let failure = Failure(error)
    return Job.Failure(code: failure.status == .badModel ? .badModel : nil, what: failure.sentence)
  }
}
