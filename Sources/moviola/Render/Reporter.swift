import Foundation
import Production
import Rendering

/// Who is told how a render goes.
protocol Reporter: Sendable {
  func started(_ recipe: Recipe, output: String)
  func received(_ event: JobEvent)
  /// Something to know while the job goes on or stops.
  func note(_ text: String)
  func finished(_ render: Render)
  /// A signal has asked the job to stop; it will end soon.
  func cancelling()
  /// The job has ended without a clip. The sentence itself is printed by ``Failure``.
  func failed(_ failure: Failure)
  /// The process is about to exit: give the terminal back.
  func leave()
}

/// `--quiet`: nothing but errors, which ``Failure`` prints.
struct SilentReporter: Reporter {
  func started(_ recipe: Recipe, output: String) {}
  func received(_ event: JobEvent) {}
  func note(_ text: String) {}
  func finished(_ render: Render) {}
  func cancelling() {}
  func failed(_ failure: Failure) {}
  func leave() {}
}

/// `--json`: one object a line.
struct JSONReporter: Reporter {
  let write: @Sendable (String) -> Void

  func started(_ recipe: Recipe, output: String) { write(EventLine.started(recipe, output: output)) }
  func received(_ event: JobEvent) {
    if let line = EventLine.make(event) { write(line) }
  }
  func note(_ text: String) { Console.error("moviola: \(text)\n") }
  func finished(_ render: Render) { write(EventLine.finished(render)) }
  func cancelling() {}
  func failed(_ failure: Failure) { write(EventLine.failed(failure)) }
  func leave() {}
}
