import Studio
import Synchronization
import Terminal

/// Messages on their way to the thread that draws.
final class Mailbox: Sendable {
  private let messages = Mutex<[Message]>([])
  private let waker: Waker

  init(_ waker: Waker) { self.waker = waker }

  /// From any thread.
  func put(_ message: Message) {
    messages.withLock { $0.append(message) }
    waker.poke()
  }

  func takeAll() -> [Message] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
