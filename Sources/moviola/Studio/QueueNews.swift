import History
import Production
import Rendering
import Studio

/// The queue and the ledger in the studio's words.
struct QueueNews: Sendable {
  private let runner: JobRunner
  private let ledger: Ledger

  init(_ runner: JobRunner, _ ledger: Ledger) { (self.runner, self.ledger) = (runner, ledger) }

  /// Renders the queue until it is told to retire; says what happens.
  func run(_ deliver: @escaping @Sendable (Message) -> Void) async {
    let changes = Task { [ledger] in
      for await _ in ledger.changes() {
        deliver(.ledgerChanged)
        // A render writes its progress a few times a second: a list needs that less often.
        try? await Task.sleep(for: .seconds(1))
      }
    }
    defer { changes.cancel() }
    let (ends, tellEnd) = AsyncStream<Job.ID>.makeStream()
    let endings = Task { [ledger] in
      for await id in ends {
        if let job = try? await ledger.job(id) { deliver(.news(.ended(job))) }
      }
    }
    await runner.run { event in
      if case .ended(let id, _) = event { tellEnd.yield(id) }
      if let message = Self.message(event) { deliver(message) }
    }
    tellEnd.finish()
    await endings.value
  }

  private static func message(_ event: RunnerEvent) -> Message? {
    switch event {
    case .started(let job): .news(.started(job))
    case .event(let id, .engine(let event)): .news(.event(id, event))
    case .event(let id, .warning(let text)): .news(.warning(id, text))
    case .event(let id, .checking): .news(.checking(id))
    case .waiting: .ledgerChanged
    case .trouble(let text): .notice(Notice(.bad, text, text))
    case .ended: nil
    }
  }
}
