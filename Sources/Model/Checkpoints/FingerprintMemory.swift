import Foundation
import Synchronization

/// Fingerprints of files by which files they are and when each was last changed: what has not changed since is not read
/// again.
///
///     let memory = FingerprintMemory(file: "/home/ada/.cache/moviola/fingerprints")
///     let fingerprint = try memory.fingerprint(of: paths)   // reads
///     let again = try memory.fingerprint(of: paths)         // looks at dates, in this process and in the next one
///
/// The file has a line for each set of files. It may be lost at any time without harm.
public final class FingerprintMemory: Sendable {
  /// Raised whenever the same files come to have other fingerprints.
  private static let version = "1"
  /// So many lines are kept, the newest ones.
  static let room = 256

  private let path: String?
  private let state = Mutex(State())

  private struct State {
    var known: [String: String] = [:]
    var problem: String?
  }

  /// - Parameter file: where it is kept from one process to the next, in a folder that is made if need be; nil forgets.
  public init(file: String? = nil) { path = file }

  /// Why something could not be kept on disk; it is in nobody's way.
  public var problem: String? { state.withLock { $0.problem } }

  /// - Returns: ``Fingerprint/of(_:)``.
  /// - Throws: ``CheckpointError`` if a file cannot be opened or read.
  public func fingerprint(of paths: [String]) throws(CheckpointError) -> String {
    // Files that are changed while they are read have another key from then on.
    guard let key = try Self.key(paths) else { return try Fingerprint.of(paths) }
    if let known = state.withLock({ $0.known[key] }) ?? line(key) { return known }
    let fingerprint = try Fingerprint.of(paths)
    state.withLock { state in
      state.known[key] = fingerprint
      state.problem = write(fingerprint, key) ?? state.problem
    }
    return fingerprint
  }

  /// nil if a file was changed so short ago that a change since need not show.
  private static func key(_ paths: [String]) throws(CheckpointError) -> String? {
    var stamps: [FileReader.Stamp] = []
    for path in paths {
      let file = try FileReader(path: path, capacity: 0)
      guard file.isSettled else { return nil }
      stamps.append(file.stamp)
    }
    return Fingerprint.of(texts: [version] + stamps.map(\.description))
  }
}

extension FingerprintMemory {
  private static func isDigits(_ text: Substring) -> Bool { text.utf8.count == 64 && text.allSatisfy(\.isHexDigit) }

  /// What is written there, key and fingerprint; a damaged line counts as none.
  private func lines() -> [(key: String, fingerprint: String)] {
    guard let path, let bytes = try? MappedFile(path: path).contents(limit: 1 << 20, part: "file") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 2, words.allSatisfy(Self.isDigits) else { return nil }
      return (String(words[0]), String(words[1]))
    }
  }

  private func line(_ key: String) -> String? { lines().last { $0.key == key }?.fingerprint }

  /// Another process that writes at the same time may win; then its files are known and ours are read once more.
  /// - Returns: why it cannot be written.
  private func write(_ fingerprint: String, _ key: String) -> String? {
    guard let path else { return nil }
    let file = URL(filePath: path)
    let folder = file.deletingLastPathComponent()
    // In a folder that is only for reading, nothing is tried.
    let place = folder.path(percentEncoded: false)
    guard !FileManager.default.fileExists(atPath: place) || FileManager.default.isWritableFile(atPath: place) else {
      return nil
    }
    let kept = lines().filter { $0.key != key }.suffix(Self.room - 1) + [(key, fingerprint)]
    let text = kept.map { "\($0.key) \($0.fingerprint)\n" }.joined()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file, options: .atomic)
      return nil
    } catch {
      return "the model's fingerprint cannot be kept for later in \(path): \(CheckpointError.reason(error))"
    }
  }
}
