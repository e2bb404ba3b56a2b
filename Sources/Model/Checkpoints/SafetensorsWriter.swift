import Foundation
public import Tensors

/// Writes tensors to a safetensors file: beside its place first, then renamed, so that a file of that name is
/// always complete.
///
///     try SafetensorsWriter.write([("noise", noise)], to: "out.safetensors")
public enum SafetensorsWriter {
  /// - Parameters:
  ///   - tensors: names (each once) and values, written in this order in their own type.
  ///   - path: replaced if it exists.
  /// - Throws: ``CheckpointError`` if the file cannot be written; nothing is left behind then.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
  ) throws(CheckpointError) {
    let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    do throws(CheckpointError) {
      let sizes = tensors.map { Sized(name: $0.name, type: $0.tensor.type, shape: $0.tensor.shape) }
      try writeFile(header(sizes, metadata), tensors.map(\.tensor), at: partial, path)
      guard rename(partial, path) == 0 else { throw failure(path) }
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Writes a file whose tensors are holes: the disk holds next to nothing, and reading gives zeros. For measurements
  /// on models of any size.
  ///
  /// - Parameter tensors: names (each once), types and shapes, whole numbers of blocks.
  /// - Throws: ``CheckpointError`` if the file cannot be written; it may be there in part then.
  public static func writeHollow(
    _ tensors: [(name: String, type: ElementType, shape: [Int])], to path: String
  ) throws(CheckpointError) {
    let sizes = tensors.map { Sized(name: $0.name, type: $0.type, shape: $0.shape) }
    let header = header(sizes, [:])
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    let length = sizes.reduce(header.count) { $0 + $1.byteCount }
    guard header.withUnsafeBytes({ writeAll($0, descriptor) }), ftruncate(descriptor, off_t(length)) == 0 else {
      throw failure(path)
    }
  }

  /// A tensor without its values.
  private struct Sized {
    var name: String
    var type: ElementType
    var shape: [Int]
    var byteCount: Int { type.byteCount(of: shape) ?? 0 }
  }

  private static func writeFile(
    _ header: [UInt8], _ tensors: [Tensor], at partial: String, _ path: String
  ) throws(CheckpointError) {
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var complete = header.withUnsafeBytes { writeAll($0, descriptor) }
    for tensor in tensors where complete {
      complete = tensor.withUnsafeBytes { writeAll($0, descriptor) }
    }
    let writeError = errno
    let closed = close(descriptor) == 0
    if !complete { errno = writeError }
    guard complete && closed else { throw failure(path) }
  }

  private static func failure(_ path: String) -> CheckpointError {
    CheckpointError(.notWritable(reason: String(cString: strerror(errno))), path: path)
  }

  /// Length and JSON, padded with spaces so that the data begins at a multiple of 8.
  private static func header(_ tensors: [Sized], _ metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let type = tensor.type.safetensorsName
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) }
    return length + text
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while let address = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let count = Foundation.write(descriptor, address, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
