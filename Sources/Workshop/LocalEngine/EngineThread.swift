import Foundation
import Synchronization
import Tensors

/// The one thread that computes. Work waits its turn; what is waiting when the engine goes is still done.
final class EngineThread: Sendable {
  private let line = Line()

  init() {
    let thread = Thread { [line] in
      ThreadName.set("engine")
      while let work = line.next() { work() }
    }
    thread.stackSize = 16 << 20
    thread.start()
  }

  deinit { line.close() }

  func async(_ work: @escaping @Sendable () -> Void) { line.append(work) }
}

/// Work in order of arrival.
private final class Line: Sendable {
  private struct State {
    var work: [@Sendable () -> Void] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  func append(_ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.work.append(work) }
    news.signal()
  }

  func close() {
    state.withLock { $0.isClosed = true }
    news.signal()
  }

  /// Waits for work.
  /// - Returns: nil once the line is closed and empty.
  func next() -> (@Sendable () -> Void)? {
    while true {
      let (work, isOver) = state.withLock { state in
        state.work.isEmpty ? (nil, state.isClosed) : (state.work.removeFirst(), false)
      }
      if work != nil || isOver { return work }
      news.wait()
    }
  }
}
