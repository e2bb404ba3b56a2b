import Foundation
import LocalEngine
import Rendering
import Synchronization

/// Watches the memory of this process from a thread of its own, phase by phase.
final class MemorySampler: Sendable {
  private let state = Mutex(State())
  private static let pause = Duration.milliseconds(5)

  private struct State {
    var component: Component?
    var peaks: [Component: ProcessFootprint] = [:]
    var whole = ProcessFootprint(anonymousBytes: 0, mappedBytes: 0)
    var isOver = false
  }

  func start() {
    Thread.detachNewThread { [self] in
      while !state.withLock({ $0.isOver }) {
        sample()
        usleep(5000)
      }
    }
  }

  /// What follows belongs to this phase.
  func enter(_ component: Component) { state.withLock { $0.component = component } }

  func stop() { state.withLock { $0.isOver = true } }

  /// Of the phases that were entered.
  var peaks: [Component: ProcessFootprint] { state.withLock { $0.peaks } }
  var peak: ProcessFootprint { state.withLock { $0.whole } }

  private func sample() {
    let now = ProcessFootprint.now
    state.withLock { state in
      state.whole.rise(to: now)
      guard let component = state.component else { return }
      state.peaks[component, default: now].rise(to: now)
    }
  }
}

extension ProcessFootprint {
  fileprivate mutating func rise(to other: ProcessFootprint) {
    anonymousBytes = max(anonymousBytes, other.anonymousBytes)
    mappedBytes = max(mappedBytes, other.mappedBytes)
  }
}
