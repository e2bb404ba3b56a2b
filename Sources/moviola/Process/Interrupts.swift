import Dispatch
import Foundation
import Media
import Synchronization

/// SIGINT, SIGTERM and SIGHUP while a job runs. The first cancels, and after a second says what it waits for;
/// the next one does not wait.
final class Interrupts {
  private var sources: [any DispatchSourceSignal] = []
  private let state = State()

  private static let last = Atomic<Int32>(SIGINT)

  /// How the program ends if one of them ends it.
  static var exitReason: ExitReason { last.load(ordering: .relaxed) == SIGTERM ? .terminated : .cancelled }

  private final class State: Sendable {
    let count = Atomic(0)
    let isOver = Atomic(false)
  }

  init(
    first: @escaping @Sendable () -> Void, stillWaiting: @escaping @Sendable () -> Void,
    second: @escaping @Sendable () -> Void
  ) {
    let queue = DispatchQueue(label: "moviola.signals")
    for number in [SIGINT, SIGTERM, SIGHUP] where !EarlySignals.isIgnored(number) {
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [state] in
        Self.last.store(number, ordering: .relaxed)
        guard state.count.add(1, ordering: .relaxed).newValue == 1 else { return second() }
        first()
        queue.asyncAfter(deadline: .now() + 1) {
          if !state.isOver.load(ordering: .relaxed) { stillWaiting() }
        }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// For what takes no more than a moment: the first signal removes what is unfinished on disk and ends the process.
  static func leavingNothing() -> Interrupts {
    let leave: @Sendable () -> Void = {
      PartialFiles.removeAll()
      Console.error("moviola: error: \(Failure(CancellationError()).sentence)\n")
      _exit(exitReason.rawValue)
    }
    return Interrupts(first: leave, stillWaiting: {}, second: leave)
  }

  /// The job is over: the signals mean again what they mean to any program.
  func stop() {
    state.isOver.store(true, ordering: .relaxed)
    for source in sources { source.cancel() }
  }
}
