import CNCurses
import Foundation

/// The terminal as a file: its modes, its size, raw bytes to and from it.
struct Device {
  let input: Int32
  let output: Int32

  /// The same terminal, to be read without ever waiting: a stop may come between the look whether there is something
  /// and the reading of it, and the shell reads meanwhile. Opened anew, because the flag would be the shell's, too.
  func withoutWaiting() -> Device {
    // "/dev/tty" may be opened by everyone; the terminal's own file belongs to who logged in (su, sudo).
    let isControlling = tcgetsid(input) == getsid(0)
    guard let name = isControlling ? "/dev/tty" : ttyname(input).map({ String(cString: $0) }) else { return self }
    let opened = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    return opened < 0 ? self : Device(input: opened, output: output)
  }

  /// Closes what ``withoutWaiting()`` opened.
  func close() {
    if input != STDIN_FILENO { Foundation.close(input) }
  }

  var isTerminal: Bool { isatty(input) == 1 && isatty(output) == 1 }

  /// Started with "&", or sent there with `bg`: the terminal belongs to someone else.
  var isForeground: Bool { tcgetpgrp(input) == getpgrp() }

  var modes: termios? {
    var modes = termios()
    return tcgetattr(input, &modes) == 0 ? modes : nil
  }

  func set(_ modes: termios) {
    var modes = modes
    tcsetattr(input, TCSANOW, &modes)
  }

  /// Cells, and pixels of one cell where the terminal tells.
  var size: (cells: Size, cell: Size?) {
    var window = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return (Size(width: 80, height: 24), nil)
    }
    let cells = Size(width: Int(window.ws_col), height: Int(window.ws_row))
    let cell = Size(width: Int(window.ws_xpixel) / cells.width, height: Int(window.ws_ypixel) / cells.height)
    return (cells, cell.width > 0 && cell.height > 0 ? cell : nil)
  }

  /// All of it, or as much as goes before the terminal is gone.
  func send(_ text: String) {
    guard !text.isEmpty else { return }
    var text = text
    text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = write(output, UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest)).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
      }
    }
  }

  enum Reading {
    case bytes(ArraySlice<UInt8>)
    case nothing, gone
  }

  /// Call when there is something to read.
  func receive() -> Reading {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = read(input, &bytes, bytes.count)
    if count > 0 { return .bytes(bytes[..<count]) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? .nothing : .gone
  }

  /// What was typed, or answered, and not read is not for the shell.
  func discardInput() { tcflush(input, TCIFLUSH) }
}
