import CFFmpeg
import Foundation
import Rendering
import Synchronization

/// A libav call that failed: what it was doing, libav's status, and the last line libav logged about it.
struct LibavError: Error {
  var doing: String
  var status: Int32
  var detail: String?

  var isEndOfPipe: Bool { status == moviola_averror(EPIPE) }

  /// Why, without what it was doing.
  var cause: String {
    if let detail, !detail.isEmpty { return detail }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let text = buffer.baseAddress, ffmpeg.av_strerror(status, text, buffer.count) == 0 else {
        return "libav error \(status)"
      }
      return String(cString: text)
    }
  }

  /// The failure in the shared vocabulary; a full disk is always `noSpace`, whatever was going on.
  func renderError(_ code: RenderError.Code = .encoding, remedy: String? = nil) -> RenderError {
    switch status {
    case moviola_averror(ENOSPC), moviola_averror(EDQUOT):
      RenderError(.noSpace, "\(doing) failed: the disk is full", remedy: remedy ?? "free some space and try again")
    case moviola_averror(EPIPE):
      RenderError(
        .inputOutput, "\(doing) failed: the program that reads the pipe is gone",
        remedy: remedy ?? "write to a file with -o FILE, or let the reader read to the end")
    default:
      RenderError(code, "\(doing) failed: \(cause)", remedy: remedy)
    }
  }
}

/// Makes one libav call. A negative status becomes a ``LibavError`` with what libav logged meanwhile.
@discardableResult
func libav(_ doing: @autoclosure () -> String, _ call: () -> Int32) throws -> Int32 {
  try FFmpeg.load()
  let (status, line) = LibavLog.listening(to: call)
  guard status < 0 else { return status }
  throw LibavError(doing: doing(), status: status, detail: line)
}

/// A libav allocation: nil means that memory ran out.
func allocated<Pointer>(_ made: @autoclosure () -> Pointer?) throws -> Pointer {
  try FFmpeg.load()
  guard let pointer = made() else { throw RenderError(.noSpace, "not enough memory for libav") }
  return pointer
}

/// Keeps libav's log off standard error, and hands the last error line of a call to the one who made it.
enum LibavLog {
  /// The last error line of every thread that is inside ``listening(to:)`` just now.
  private static let lines = Mutex<[UInt: String]>([:])

  /// Once, when the libraries have been loaded.
  static func install(_ functions: UnsafePointer<moviola_ffmpeg>) {
    moviola_log_to(functions) { _, line in
      if let line { LibavLog.note(String(cString: line)) }
    }
  }

  /// Runs `body` and returns its result with the last error line that libav logged on this thread.
  static func listening<Result>(to body: () -> Result) -> (Result, line: String?) {
    let thread = UInt(pthread_self())
    lines.withLock { $0[thread] = "" }
    let result = body()
    return (result, lines.withLock { $0.removeValue(forKey: thread) })
  }

  private static func note(_ line: String) {
    let line = line.trimmingCharacters(in: .whitespacesAndNewlines)
    let thread = UInt(pthread_self())
    guard !line.isEmpty else { return }
    lines.withLock { lines in
      // Encoders also log on threads of their own: nobody would collect those lines.
      if lines[thread] != nil { lines[thread] = line }
    }
  }
}
