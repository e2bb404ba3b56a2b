import Crypto

/// Tells one set of weights from another: SHA-256 over the files in order, each preceded by its length.
///
///     let fingerprint = try Fingerprint.of(["vae/config.json", "vae/model.safetensors"])
///
/// Files of up to 64 MiB count byte by byte. Of larger ones, which would take minutes, the first mebibyte (the
/// header, with every name, type, shape and place) and 256 blocks spread over the rest count: enough to notice
/// another model or another training, not a single flipped bit; that is what checksums are for.
public enum Fingerprint {
  private static let wholeFiles = 64 << 20
  private static let headerBytes = 1 << 20
  private static let blocks = 256
  private static let blockBytes = 4096
  /// Read at a time: it stays in the second-level cache.
  private static let pieceBytes = 256 << 10

  /// - Returns: 64 hexadecimal digits.
  /// - Throws: ``CheckpointError`` if a file cannot be read.
  public static func of(_ paths: [String]) throws(CheckpointError) -> String {
    var files: [FileReader] = []
    for path in paths { files.append(try FileReader(path: path, capacity: pieceBytes)) }
    return try of(files)
  }

  private static func of(_ files: [FileReader]) throws(CheckpointError) -> String {
    var hash = SHA256()
    for file in files {
      withUnsafeBytes(of: UInt64(file.byteCount).littleEndian) { hash.update(bufferPointer: $0) }
      let ranges = ranges(of: file.byteCount)
      // One block after the other would wait for the disk each time.
      if ranges.count > 1 { file.willBeRead(ranges) }
      for range in ranges {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: pieceBytes) {
          hash.update(bufferPointer: try file.read(start..<min(start + pieceBytes, range.upperBound)))
        }
      }
    }
    return hexadecimal(hash.finalize())
  }

  /// SHA-256 over texts in order, each preceded by its length in bytes.
  public static func of(texts: [String]) -> String {
    var hash = SHA256()
    for text in texts {
      withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: Array(text.utf8))
    }
    return hexadecimal(hash.finalize())
  }

  /// SHA-256 over bytes.
  public static func of(bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    return hexadecimal(hash.finalize())
  }

  static func ranges(of byteCount: Int) -> [Range<Int>] {
    guard byteCount > wholeFiles else { return [0..<byteCount] }
    let spacing = (byteCount - headerBytes - blockBytes) / (blocks - 1)
    return [0..<headerBytes]
      + (0..<blocks).map { block in
        let start = headerBytes + block * spacing
        return start..<start + blockBytes
      }
  }
}

/// Bytes as hexadecimal digits, two each.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }.joined()
}
