import Dispatch
import FakeEngine
import Foundation
import History
import Production
import Rendering

/// A studio without a screen, for tests that need a second process: renders the queue of a ledger with the fake
/// engine, and says on standard output which jobs it took. SIGHUP: the job at hand is its last. Every step waits for a
/// line on standard input, until that ends.
///
///     LedgerChild LIBRARY RENDERS
@main
struct LedgerChild {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      FileHandle.standardError.write(Data("usage: LedgerChild LIBRARY RENDERS\n".utf8))
      exit(64)
    }
    var engine = FakeEngine()
    engine.gate = { _ = readLine() }
    let ledger = try Ledger(at: URL(filePath: arguments[1]))
    let runner = JobRunner(ledger, into: RenderPlace(URL(filePath: arguments[2]))) { [engine] _ in engine }
    signal(SIGHUP, SIG_IGN)
    let hangup = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
    hangup.setEventHandler { @Sendable in runner.retire() }
    hangup.resume()
    say("ready")
    await runner.run { event in
      if case .started(let job) = event { say("started \(job.id)") }
    }
    hangup.cancel()
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
