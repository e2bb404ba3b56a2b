import Foundation

@testable import Checkpoints

/// A folder that is removed when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    return path + "/" + name
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }
}

/// The bytes of a safetensors file with this header; `length` overrides what the file says of its header.
func safetensors(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
  let size = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { [UInt8]($0) }
  return size + Array(header.utf8) + [UInt8](repeating: 0, count: data)
}

/// What is wrong with the file, or nil if nothing is.
func problem(_ file: [UInt8]) -> CheckpointError? {
  do throws(CheckpointError) {
    _ = try SafetensorsHeader(parsing: file, path: "some.safetensors")
    return nil
  } catch {
    return error
  }
}
