import Checkpoints
public import Foundation
import Tensors
import WanModel

/// Encoded texts on disk, so that a prompt that was rendered before needs no text encoder.
///
/// One safetensors file for each text, written beside and renamed, named by the SHA-256 of everything that its values
/// depend on. When there is too much, what was not used for longest goes. It may be lost at any time without harm.
public struct TextCache: Sendable {
  private let folder: URL
  private let limit: Int

  /// To be raised whenever the same text, files and arithmetic give other values, or the files of the cache change.
  static let version = "1"
  private static let tensorName = "embeddings"

  /// - Parameter limit: bytes of all files together.
  public init(_ folder: URL, limit: Int = 256 << 20) { (self.folder, self.limit) = (folder, limit) }

  /// What an entry's values depend on.
  struct Key: Hashable, Sendable {
    let name: String

    /// - Parameters:
    ///   - encoder: the fingerprint of text encoder and tokenizer.
    ///   - arithmetic: precision, processor and libraries, see ``CPU/arithmetic``.
    init(_ text: String, encoder: String, arithmetic: String) {
      name = Fingerprint.of(texts: [TextCache.version, encoder, arithmetic, TextCleaning.clean(text)])
    }
  }

  /// Why an entry is not used.
  struct Damaged: Error, Hashable {
    let sentence: String
  }

  /// Whether there is nothing at all.
  var isEmpty: Bool {
    let path = folder.path(percentEncoded: false)
    return (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty ?? true
  }

  func file(_ key: Key) -> URL { folder.appending(path: key.name + ".safetensors") }

  /// The embeddings of a text, [tokens, width].
  /// - Parameter width: of the text encoder.
  /// - Returns: nil if there is no entry.
  /// - Throws: ``Damaged`` if there is one that is not what was written.
  func find(_ key: Key, width: Int) throws(Damaged) -> Tensor? {
    let path = file(key).path(percentEncoded: false)
    guard FileSystem.exists(path) else { return nil }
    guard let file = try? WeightsFile(path: path), file.metadata["key"] == key.name, file.entries.count == 1,
      let entry = file.entries.first, entry.name == Self.tensorName, entry.type == .float32, entry.shape.count == 2,
      entry.shape[1] == width, (1...TextEmbeddings.rows).contains(entry.shape[0])
    else { throw Damaged(sentence: "the cached text \(path) is damaged; it is encoded anew") }
    let tensor = file.tensor(entry).copy()
    guard tensor.withUnsafeBytes({ Fingerprint.of(bytes: $0) }) == file.metadata["sha256"] else {
      throw Damaged(sentence: "the cached text \(path) has other bytes than were written; it is encoded anew")
    }
    return tensor
  }

  /// Says that an entry was used just now. A folder that cannot be written keeps the order that it has.
  func touch(_ key: Key) {
    try? FileManager.default.setAttributes(
      [.modificationDate: Date()], ofItemAtPath: file(key).path(percentEncoded: false))
  }

  /// Whether something can be kept: in a folder that is only for reading, nothing is tried.
  private var isWritable: Bool {
    let path = folder.path(percentEncoded: false)
    return !FileSystem.exists(path) || FileManager.default.isWritableFile(atPath: path)
  }

  /// Keeps the embeddings of a text, [tokens, width], in place of what there was.
  /// - Throws: ``CheckpointError`` or Foundation's errors when they cannot be written.
  func keep(_ embeddings: Tensor, _ key: Key) throws {
    guard isWritable else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sum = embeddings.withUnsafeBytes { Fingerprint.of(bytes: $0) }
    try SafetensorsWriter.write(
      [(Self.tensorName, embeddings)], metadata: ["key": key.name, "sha256": sum],
      to: file(key).path(percentEncoded: false))
    tidy()
  }

  /// Removes what was used longest ago until the rest is small enough.
  private func tidy() {
    let keys: Set<URLResourceKey> = [.contentModificationDateKey, .fileSizeKey]
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys))
    let known = (files ?? []).map { file in
      let values = try? file.resourceValues(forKeys: keys)
      return (file: file, used: values?.contentModificationDate ?? .distantPast, bytes: values?.fileSize ?? 0)
    }
    var total = 0
    for entry in known.sorted(by: { $0.used > $1.used }) {
      total += entry.bytes
      if total > limit { try? FileManager.default.removeItem(at: entry.file) }
    }
  }
}

extension CPU {
  /// Everything of this processor and its libraries that decides the last bits of a result.
  var arithmetic: String {
    "\(precision.rawValue) \(multiplied.rawValue) \(instructionSet) \(mathLibrary) \(MathLibraries.oneDNN.version)"
  }
}
