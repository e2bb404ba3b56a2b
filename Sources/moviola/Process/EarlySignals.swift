import Foundation

/// SIGINT and SIGTERM, until a command minds them itself: the process ends with one sentence and a plain exit code.
///
/// ``Interrupts`` and the studio's screen take the place of this.
enum EarlySignals {
  static func install() {
    for number in [SIGINT, SIGTERM] where !isIgnored(number) {
      // Nothing in here may allocate: the signal can come in the middle of anything.
      signal(number) { number in
        let text: StaticString =
          number == SIGINT ? "moviola: error: cancelled by Ctrl-C\n" : "moviola: error: ended by SIGTERM\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(128 + number)
      }
    }
  }

  /// Started under nohup, or in the background of a script: the signal is not meant for us.
  static func isIgnored(_ signal: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigIgn:") }),
      let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
    else { return false }
    return mask & (1 << UInt64(signal - 1)) != 0
  }
}
