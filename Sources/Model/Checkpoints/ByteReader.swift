/// Reads little-endian numbers from bytes that may end anywhere.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  /// For error messages: the file, and which part of it this is.
  let path: String
  let part: String

  init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0, path: String, part: String) {
    self.bytes = bytes
    self.position = position
    self.path = path
    self.part = part
  }

  var remaining: Int { max(0, bytes.count - position) }

  func failure(_ detail: String) -> CheckpointError {
    CheckpointError(.malformed(part: part, detail: detail), path: path)
  }

  /// - Parameter what: what is being read, for the message if the bytes end in it.
  mutating func integer<T: FixedWidthInteger>(_: T.Type, _ what: String) throws(CheckpointError) -> T {
    let range = try take(MemoryLayout<T>.size, what)
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self))
  }

  /// Passes over `count` bytes and says where they are.
  @discardableResult
  mutating func take(_ count: Int, _ what: String) throws(CheckpointError) -> Range<Int> {
    guard count >= 0, position >= 0, count <= remaining else {
      throw failure("it ends inside \(what): \(count) bytes at \(position), and the size is \(bytes.count)")
    }
    defer { position += count }
    return position..<position + count
  }

  /// What is no UTF-8 is replaced.
  mutating func text(_ count: Int, _ what: String) throws(CheckpointError) -> String {
    let range = try take(count, what)
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// Text by which something is found again, and which therefore must be UTF-8.
  mutating func name(_ count: Int, _ what: String) throws(CheckpointError) -> String {
    let range = try take(count, what)
    guard let name = String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self) else {
      throw failure("\(what) at byte \(range.lowerBound) is not valid UTF-8")
    }
    return name
  }
}
