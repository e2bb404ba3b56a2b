import Dispatch
import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP while a job runs. The first cancels, and after a second says what it waits for;
/// the next one does not wait.
final class Interrupts {
  private var sources: [any DispatchSourceSignal] = []
  private let state = State()

  private final class State: Sendable {
    let count = Atomic(0)
    let isOver = Atomic(false)
  }

  init(
    first: @escaping @Sendable () -> Void, stillWaiting: @escaping @Sendable () -> Void,
    second: @escaping @Sendable () -> Void
  ) {
    let queue = DispatchQueue(label: "moviola.signals")
    for number in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(number) {
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [state] in
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

  /// The job is over: the signals mean again what they mean to any program.
  func stop() {
    state.isOver.store(true, ordering: .relaxed)
    for source in sources { source.cancel() }
  }

  /// Started under nohup, or in the background of a script: the signal is not meant for us.
  private static func isIgnored(_ signal: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigIgn:") }),
      let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
    else { return false }
    return mask & (1 << UInt64(signal - 1)) != 0
  }
}
