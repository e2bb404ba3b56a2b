import Crypto
import Foundation

/// A `SHA256SUMS` file, as sha256sum writes it: lines of `<64 hex digits>  <file name>`, names relative to its folder.
public struct Checksums: Hashable, Sendable {
  public static let fileName = "SHA256SUMS"

  public let path: String
  /// File name → digest in lower case.
  public let digests: [String: String]

  /// - Throws: ``CheckpointError`` if it cannot be read or a line is something else.
  public init(path: String) throws(CheckpointError) {
    let bytes = try MappedFile(path: path).contents(limit: 1 << 20, part: "checksum list")
    var digests: [String: String] = [:]
    // A line may end as on Windows: to Swift, its end is one character then.
    let lines = String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      guard let (digest, name) = Self.parse(line) else {
        throw CheckpointError(.badChecksumLine(number: number + 1), path: path)
      }
      digests[name] = digest
    }
    self.path = path
    self.digests = digests
  }

  private static func parse(_ line: Substring) -> (digest: String, name: String)? {
    let digest = line.prefix(64)
    let rest = line.dropFirst(64)
    guard digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit), rest.hasPrefix(" ") else { return nil }
    let marked = rest.dropFirst()
    let name = (marked.hasPrefix(" ") || marked.hasPrefix("*") ? marked.dropFirst() : marked)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    // `find . -exec sha256sum` has names that begin with a point.
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).drop { $0 == "." }
    guard !parts.isEmpty, parts.allSatisfy({ ShardIndex.isPlainFileName(String($0)) }) else { return nil }
    return (digest.lowercased(), parts.joined(separator: "/"))
  }

  /// The digest in a file that is for one other file: alone, or before a name.
  /// - Throws: ``CheckpointError`` if it begins with anything else.
  static func single(path: String) throws(CheckpointError) -> String {
    let bytes = try MappedFile(path: path).contents(limit: 65_536, part: "checksum list")
    let first = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first ?? ""
    guard first.utf8.count == 64, first.allSatisfy(\.isHexDigit) else {
      throw CheckpointError(.badChecksumLine(number: 1), path: path)
    }
    return first.lowercased()
  }

  /// Reads every file of the list, or only the one of this name, and compares.
  /// - Throws: ``CheckpointError`` naming the first file that is missing or differs.
  public func verify(only name: String? = nil) throws(CheckpointError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let wanted = digests.filter { name == nil || $0.key == name }
    for (name, expected) in wanted.sorted(by: { $0.key < $1.key }) {
      let file = try MappedFile(path: folder + name)
      let found = Self.digest(of: file)
      guard found == expected else {
        let mismatch = ExpectedDigest(algorithm: .sha256, digest: expected, source: Self.fileName)
        throw CheckpointError(.checksumMismatch(mismatch, found: found), path: file.path)
      }
    }
  }

  /// SHA-256 over the whole file as 64 hex digits.
  public static func digest(of file: MappedFile) -> String {
    var hash = SHA256()
    file.advise(.sequential, 0..<file.byteCount)
    let chunk = 16 << 20
    for start in stride(from: 0, to: file.byteCount, by: chunk) {
      let end = min(start + chunk, file.byteCount)
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.bytes[start..<end]))
    }
    return hexadecimal(hash.finalize())
  }
}
