import Studio
import Synchronization
import Terminal

/// Messages on their way to the thread that draws.
final class Mailbox: Sendable {
  /// nil when nobody takes any more.
  private let messages = Mutex<[Message]?>([])
  private let waker: Waker

  init(_ waker: Waker) { self.waker = waker }

  /// From any thread.
  func put(_ message: Message) {
    messages.withLock { $0?.append(message) }
    waker.poke()
  }

  func takeAll() -> [Message] {
    messages.withLock { messages in
      defer { if messages != nil { messages = [] } }
      return messages ?? []
    }
  }

  /// What comes from now on is dropped: a render that goes on without a window tells of every frame.
  func close() { messages.withLock { $0 = nil } }
}
