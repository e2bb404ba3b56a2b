import Foundation
import Rendering
import Synchronization

/// Standard output and standard error, and what kind of terminal they are.
enum Console {
  /// A reader of our output that goes away is no reason to lose a render. Any other failure is remembered and ends the
  /// program with an error, see ``outputError``: what nobody could read does not count as said.
  static func output(_ text: String) {
    guard let errnum = write(text, to: STDOUT_FILENO), errnum != EPIPE else { return }
    failure.store(errnum, ordering: .relaxed)
  }

  /// There is no place to tell that this has failed.
  static func error(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  private static let failure = Atomic<Int32>(0)

  /// Why output is lost; nil as long as everything has arrived.
  static var outputError: RenderError? {
    let errnum = failure.load(ordering: .relaxed)
    return errnum == 0 ? nil : lostOutput(errnum)
  }

  static func lostOutput(_ errnum: Int32) -> RenderError {
    RenderError(
      .inputOutput, "standard output cannot be written: \(String(cString: strerror(errnum)))",
      remedy: "what it was to get is lost; look where it is redirected to")
  }

  /// Returns the errno that stopped it, or nil.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard written < 0 else {
        rest = rest.dropFirst(written)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: waitForRoom(descriptor)
      default: return errno
      }
    }
    return nil
  }

  /// Whoever shares the pipe has made it one that does not wait.
  private static func waitForRoom(_ descriptor: Int32) {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    poll(&wanted, 1, -1)
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal on standard error; 80 if it does not say.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
