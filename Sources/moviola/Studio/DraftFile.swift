import Foundation
import Studio

/// The draft of the last session, beside the log: a crash or a closed window loses no prompt.
struct DraftFile: Sendable {
  let url: URL

  func read() -> Draft? {
    guard let data = try? Data(contentsOf: url) else { return nil }
    return try? JSONDecoder().decode(Draft.self, from: data)
  }

  /// A draft that cannot be written is no reason to stop anyone: the prompt is in the ledger once it is rendered.
  func write(_ draft: Draft) {
    guard let data = try? JSONEncoder().encode(draft) else { return }
    try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? data.write(to: url, options: .atomic)
  }
}
