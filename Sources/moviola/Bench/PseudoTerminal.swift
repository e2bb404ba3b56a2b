import Foundation
import Rendering

/// A terminal without a screen: a program runs in it, keys go in, and what it would show comes out as bytes.
final class PseudoTerminal {
  let process = Process()
  private let master: Int32

  /// Starts a program in a terminal of that size.
  /// - Throws: ``RenderError`` if the system has no pseudo-terminal left, or the program does not start.
  init(_ program: String, _ arguments: [String], columns: UInt16, rows: UInt16, environment: [String: String]) throws {
    var (screen, end): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&screen, &end, nil, nil, &size) == 0 else {
      throw RenderError(.inputOutput, "no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    master = screen
    _ = fcntl(screen, F_SETFD, FD_CLOEXEC)
    let slave = FileHandle(fileDescriptor: end, closeOnDealloc: true)
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = environment
    (process.standardInput, process.standardOutput, process.standardError) = (slave, slave, FileHandle.nullDevice)
    do { try process.run() } catch { throw RenderError(.inputOutput, "\(program) does not start: \(error)") }
  }

  deinit {
    end()
    close(master)
  }

  /// Stops the program before its terminal goes: one that merely lost its window may work on.
  func end() {
    guard process.isRunning else { return }
    process.terminate()
    let deadline = ContinuousClock.now + .seconds(5)
    while process.isRunning, ContinuousClock.now < deadline { drain(.milliseconds(50)) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Bytes that arrive before the deadline; empty when none do.
  func read(until deadline: ContinuousClock.Instant) -> [UInt8] {
    let left = (deadline - .now) / .milliseconds(1)
    guard left > 0 else { return [] }
    var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, Int32(left.rounded(.up))) > 0 else { return [] }
    return withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
      let count = Foundation.read(master, buffer.baseAddress, buffer.count)
      return count > 0 ? Array(buffer[..<count]) : []
    }
  }

  /// Reads on for so long, and forgets it.
  func drain(_ duration: Duration) {
    let deadline = ContinuousClock.now + duration
    while ContinuousClock.now < deadline { _ = read(until: deadline) }
  }

  /// - Returns: when the text came; nil if it did not in time.
  func wait(for text: String, within limit: Duration) -> ContinuousClock.Instant? {
    let (wanted, deadline) = (Array(text.utf8), ContinuousClock.now + limit)
    var seen: [UInt8] = []
    while ContinuousClock.now < deadline {
      seen += read(until: deadline)
      if seen.firstRange(of: wanted) != nil { return .now }
      seen = seen.suffix(max(0, wanted.count - 1)) + []
    }
    return nil
  }
}
