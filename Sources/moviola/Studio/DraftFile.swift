import Foundation
import Studio
import Synchronization

/// The draft of the last session, beside the log: a crash or a closed window loses no prompt.
final class DraftFile: Sendable {
  private let url: URL
  private let isFinished = Mutex(false)

  init(url: URL) { self.url = url }

  func read() -> Draft? {
    guard let data = try? Data(contentsOf: url) else { return nil }
    return try? JSONDecoder().decode(Draft.self, from: data)
  }

  /// Writes it, unless the session's last one is written already.
  func write(_ draft: Draft) { isFinished.withLock { if !$0 { put(draft) } } }

  /// Writes the session's last one. What was being written on another thread is written before: the process may end now,
  /// and would leave half of it beside the file.
  func finish(_ draft: Draft) {
    isFinished.withLock { isFinished in
      put(draft)
      isFinished = true
    }
  }

  /// A draft that cannot be written is no reason to stop anyone: the prompt is in the ledger once it is rendered.
  private func put(_ draft: Draft) {
    guard let data = try? JSONEncoder().encode(draft) else { return }
    try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? data.write(to: url, options: .atomic)
  }
}
