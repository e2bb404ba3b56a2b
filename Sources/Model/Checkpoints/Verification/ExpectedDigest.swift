import Foundation

/// What a file's digest should be, and who says so.
///
///     let expected = try ExpectedDigest.all(of: "/models/wan/vae/model.safetensors", root: "/models/wan")
public struct ExpectedDigest: Hashable, Sendable {
  public enum Algorithm: String, Hashable, Sendable {
    case sha256 = "SHA-256"
    /// SHA-1 of a git blob.
    case gitSHA1 = "git's SHA-1"
  }

  public var algorithm: Algorithm
  /// In lower case.
  public var digest: String
  /// "SHA256SUMS", "the Hugging Face cache".
  public var source: String

  public init(algorithm: Algorithm, digest: String, source: String) {
    (self.algorithm, self.digest, self.source) = (algorithm, digest, source)
  }

  /// The digest that the file has; nil if it was not computed.
  public func found(in audit: FileAudit) -> String? { algorithm == .sha256 ? audit.sha256 : audit.gitSHA1 }

  /// The digest of a name of this form: 64 hexadecimal digits are SHA-256, 40 are git's.
  init?(name: String, source: String) {
    let digest = name.lowercased()
    guard digest.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
    switch digest.utf8.count {
    case 64: self.init(algorithm: .sha256, digest: digest, source: source)
    case 40: self.init(algorithm: .gitSHA1, digest: digest, source: source)
    default: return nil
    }
  }
}

extension ExpectedDigest {
  /// Everything that is written about a file beside it: checksum lists in its folder and in those above it up to
  /// `root`, the name of its blob in the Hugging Face cache, and what the Hugging Face client keeps of a download.
  /// - Throws: ``CheckpointError`` if a list is damaged.
  public static func all(of path: String, root: String) throws(CheckpointError) -> [ExpectedDigest] {
    try listed(path, root) + blob(path) + download(path, root)
  }

  private static let lists = [
    Checksums.fileName, "SHA256SUMS.txt", "sha256sums.txt", "sha256sum.txt", "sha256.txt", "checksums.sha256",
  ]

  private static func listed(_ path: String, _ root: String) throws(CheckpointError) -> [ExpectedDigest] {
    var found: [ExpectedDigest] = []
    for (folder, name) in folders(of: path, upTo: root) {
      for list in lists where FileManager.default.fileExists(atPath: "\(folder)/\(list)") {
        guard let digest = try Checksums(path: "\(folder)/\(list)").digests[name] else { continue }
        found.append(ExpectedDigest(algorithm: .sha256, digest: digest, source: list))
      }
    }
    let own = path + ".sha256"
    if FileManager.default.fileExists(atPath: own) {
      let name = own.fileName
      let digest = try Checksums.single(path: own)
      found.append(ExpectedDigest(algorithm: .sha256, digest: digest, source: name))
    }
    return found
  }

  /// The folders above a file, and what the file is called in each.
  private static func folders(of path: String, upTo root: String) -> [(folder: String, name: String)] {
    var folders: [(folder: String, name: String)] = []
    var folder = path.parentFolder
    var name = path.fileName
    while !folder.isEmpty, folders.count < 8 {
      folders.append((folder, name))
      guard folder != root, folder.hasPrefix(root + "/") else { break }
      name = folder.fileName + "/" + name
      folder = folder.parentFolder
    }
    return folders
  }

  /// `snapshots/<revision>/model.safetensors` is a link to `blobs/<digest>`.
  private static func blob(_ path: String) -> [ExpectedDigest] {
    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return [] }
    let parts = target.split(separator: "/")
    guard parts.suffix(2).first == "blobs", let name = parts.last else { return [] }
    return ExpectedDigest(name: String(name), source: "the Hugging Face cache").map { [$0] } ?? []
  }

  /// `.cache/huggingface/download/<name>.metadata`: the commit, the entity tag (a digest), the time.
  private static func download(_ path: String, _ root: String) -> [ExpectedDigest] {
    for (folder, name) in folders(of: path, upTo: root) {
      let file = "\(folder)/.cache/huggingface/download/\(name).metadata"
      guard let bytes = try? MappedFile(path: file).contents(limit: 65_536, part: "download record") else { continue }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count >= 2 else { continue }
      let tag = lines[1].trimmingCharacters(in: .whitespaces)
      if let expected = ExpectedDigest(name: tag, source: "the Hugging Face download record") { return [expected] }
    }
    return []
  }
}
