import Foundation
import Synchronization

/// Everything on disk that is not finished yet. What ends the process early removes it all:
///
///     signal source { PartialFiles.removeAll(); exit(130) }
///
/// One list for the process, because a second Ctrl-C knows nothing of jobs.
public enum PartialFiles {
  private static let paths = Mutex<Set<String>>([])
  private static let counter = Atomic<Int>(0)

  public static func removeAll() {
    let all = paths.withLock { paths in
      defer { paths = [] }
      return paths
    }
    for path in all { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Paths now on the list, for tests.
  static var current: Set<String> { paths.withLock { $0 } }

  /// A file or folder that is removed by ``removeAll()`` until it is forgotten.
  public static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  /// The file is finished, or has another name now.
  static func forget(_ path: String) { paths.withLock { _ = $0.remove(path) } }

  public static func remove(_ path: String) {
    forget(path)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A hidden name beside `target`: `.clip.part-PID-N`, to which the caller adds an extension.
  static func stem(beside target: String) -> String {
    let url = URL(filePath: target)
    let number = counter.add(1, ordering: .relaxed).newValue
    // A prompt may have used all bytes that a name can have.
    let name = ClipDestination.shortened(url.deletingPathExtension().lastPathComponent, to: 180)
    return url.deletingLastPathComponent().appending(path: ".\(name).part-\(getpid())-\(number)").path(
      percentEncoded: false)
  }
}
