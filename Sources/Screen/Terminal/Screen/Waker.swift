import Foundation
import Synchronization

/// Wakes the thread that waits in ``TerminalScreen/wait(until:)``, from any thread. Many pokes make one
/// ``Input/wake``.
///
///     let waker = screen.waker
///     Task { for try await event in stream { inbox.add(event); waker.poke() } }
public final class Waker: Sendable {
  /// Both ends stay open as long as anyone could poke. Signal handlers write here too.
  let readEnd: Int32
  let writeEnd: Int32
  private let isPoked = Atomic(false)

  public init() throws(TerminalError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw TerminalError(
        what: "no pipe can be opened: \(String(cString: strerror(errno)))", remedy: "close other programs and try again"
      )
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  public func poke() {
    guard !isPoked.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var zero: UInt8 = 0
    _ = write(writeEnd, &zero, 1)
  }

  /// Everything in the pipe: 0 for a poke, else a signal.
  func drain() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(readEnd, &bytes, bytes.count)
    let got = Array(bytes.prefix(max(0, count)))
    if got.contains(0) { isPoked.store(false, ordering: .releasing) }
    return got
  }
}
