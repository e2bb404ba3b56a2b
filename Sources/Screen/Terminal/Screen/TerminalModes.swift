import CNCurses

/// What is switched on beside curses, and how all of it is switched off again.
struct TerminalModes {
  var mouse: Bool
  /// The terminal knows private modes, or swallows them.
  var isXtermLike: Bool
  /// Images at the terminal; nil if there can be none.
  var images: [Int]?
  var passthrough = false

  static let beginSynchronised = "\u{1B}[?2026h"
  static let endSynchronised = "\u{1B}[?2026l"
  /// Clicks, drags and the wheel, in a form for large screens.
  static let mouseOn = "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h"
  static let mouseOff = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"

  /// Bracketed paste, focus, and the mouse.
  var enter: String {
    guard isXtermLike else { return "" }
    return "\u{1B}[?2004h\u{1B}[?1004h" + (mouse ? Self.mouseOn : "")
  }

  /// Undoes ``enter``; curses undoes its own.
  var leave: String {
    var text = images.map { KittyProtocol.delete(ids: $0, passthrough: passthrough) } ?? ""
    guard isXtermLike else { return text }
    if mouse { text += Self.mouseOff }
    return text + "\u{1B}[?1004l\u{1B}[?2004l" + Self.endSynchronised
  }

  /// For a crash, when curses cannot be asked: ``leave`` and what terminfo says about the rest. It begins by ending
  /// whatever sequence was being written.
  var restore: String {
    let capabilities = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
    return (isXtermLike ? "\u{1B}\\" : "") + leave + capabilities.compactMap(Self.capability).joined() + "\r"
  }

  /// A capability without the delays ("$<5>") that only old hardware needs.
  private static func capability(_ name: String) -> String? {
    guard let pointer = cn_string(name) else { return nil }
    return String(cString: pointer).replacing(/\$<[^>]*>/, with: "")
  }
}
