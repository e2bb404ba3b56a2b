import Foundation
import Logging
import Rendering
import Synchronization

/// The program's log on disk: one line an entry, the newest last; a full file makes room and is kept once as `log.1`.
///
///     let file = LogFile(home.log)
///     LoggingSystem.bootstrap { LogFileHandler(label: $0, file: file) }
///
/// Several programs append to one file: every line is one write. A log that cannot be written stops nothing.
final class LogFile: Sendable {
  static let limit = 4 << 20
  private let url: URL
  private let descriptor = Mutex<Int32?>(nil)

  init(_ url: URL) { self.url = url }

  deinit {
    if let open = descriptor.withLock({ $0 }) { close(open) }
  }

  func append(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    descriptor.withLock { descriptor in
      if descriptor == nil { descriptor = open() }
      guard let file = descriptor else { return }
      _ = write(file, bytes, bytes.count)
      if lseek(file, 0, SEEK_END) > Self.limit {
        close(file)
        rename(url.path, url.path + ".1")
        descriptor = nil
      }
    }
  }

  private func open() -> Int32? {
    try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let file = Foundation.open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    return file >= 0 ? file : nil
  }

  /// The lines of one job, the newest at the end.
  func lines(of job: Job.ID) -> [String] {
    [url.path + ".1", url.path].flatMap { path in
      let text = (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return text.split(separator: "\n").filter { Self.job($0) == "#\(job)" }.map(String.init)
    }
  }

  /// The third word: time, level, job.
  private static func job(_ line: Substring) -> Substring? {
    line.split(separator: " ", maxSplits: 3).dropFirst(2).first
  }
}

/// Writes entries as `2026-11-23T16:02:22.120Z info #37 step 3 of 20: …`.
struct LogFileHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  private let file: LogFile

  init(file: LogFile) { self.file = file }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let text = "\(event.message)".replacing("\n", with: "⏎")
    file.append("\(time) \(event.level.rawValue) \(text)")
  }
}
