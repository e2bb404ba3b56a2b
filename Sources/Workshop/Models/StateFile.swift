import Checkpoints
import Foundation
import Rendering

/// A small JSON file that several programs may change: each change is read, made and written under a lock, and the
/// file is replaced as a whole.
struct StateFile<Content: Codable & Sendable>: Sendable {
  let url: URL
  /// What the file keeps, for messages: "the names of models".
  let title: String
  private static var limit: Int { 16 << 20 }

  init(_ url: URL, title: String) {
    self.url = url
    self.title = title
  }

  private var path: String { url.path(percentEncoded: false) }

  /// nil if there is no such file.
  /// - Throws: ``RenderError`` if it cannot be read or is damaged.
  func read() throws(RenderError) -> Content? {
    let bytes: [UInt8]
    do throws(CheckpointError) {
      bytes = try MappedFile(path: path).contents(limit: Self.limit, part: "file")
    } catch {
      if error.cause == .notFound { return nil }
      throw RenderError(.inputOutput, "\(title) cannot be read: \(error.description)")
    }
    return try Self.decode(bytes, path, title)
  }

  static func decode(_ bytes: [UInt8], _ path: String, _ title: String) throws(RenderError) -> Content {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    do {
      return try decoder.decode(Content.self, from: Data(bytes))
    } catch {
      throw RenderError(
        .inputOutput, "\(path) is damaged: it does not hold \(title)",
        remedy: "remove it, and what it holds is made anew")
    }
  }

  static func encode(_ content: Content) throws -> Data {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .secondsSince1970
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try encoder.encode(content) + Data("\n".utf8)
  }

  /// Reads, changes and writes; other programs wait meanwhile.
  @discardableResult
  func update<Result>(_ change: (inout Content?) throws(RenderError) -> Result) throws(RenderError) -> Result {
    let lock = try takeLock()
    defer { close(lock) }
    var content = try read()
    let result = try change(&content)
    do {
      if let content { try Self.encode(content).write(to: url, options: .atomic) }
    } catch {
      throw failure("cannot be written", error.localizedDescription)
    }
    return result
  }

  private func takeLock() throws(RenderError) -> Int32 {
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw failure("cannot be written", error.localizedDescription)
    }
    let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot be locked", String(cString: strerror(errno))) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        close(descriptor)
        throw failure("cannot be locked", String(cString: strerror(errno)))
      }
    }
    return descriptor
  }

  private func failure(_ what: String, _ why: String) -> RenderError {
    RenderError(.inputOutput, "\(path) \(what): \(why)", remedy: "check permissions and space")
  }
}
