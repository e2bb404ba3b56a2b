import Checkpoints
import Dispatch
import Foundation
import Tensors

/// A checkpoint of random bfloat16 values in given shapes, for measurements: the same values in every run.
///
/// Matrices have values as large as 1 / √inputs, gains of norms are near 1, everything else is small, so that
/// activations stay in the range that they have in a trained model.
enum RandomWeights {
  /// - Throws: an error with a sentence if there is no room for the file, which has no name any more when this returns.
  static func checkpoint(_ shapes: [String: [Int]]) throws -> Checkpoint {
    let tensors = shapes.sorted { $0.key < $1.key }
    var offset = 0
    var members: [String] = []
    var places: [(offset: Int, count: Int)] = []
    for (name, shape) in tensors {
      let count = shape.reduce(1, *)
      members.append(
        "\"\(name)\":{\"dtype\":\"BF16\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(offset + 2 * count)]}")
      places.append((offset, count))
      offset += 2 * count
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += repeatElement(UInt8(ascii: " "), count: (64 - (header.count + 8) % 64) % 64)
    let path = try folder(for: offset) + "/moviola-bench-\(ProcessInfo.processInfo.processIdentifier).safetensors"
    defer { unlink(path) }
    let values = try map(path, header, bytes: offset)
    defer { munmap(values.base, values.byteCount) }
    nonisolated(unsafe) let first = values.first
    let (all, names) = (places, tensors)
    DispatchQueue.concurrentPerform(iterations: all.count) { index in
      fill(first + all[index].offset / 2, all[index].count, range(names[index].key, names[index].value), seed: index)
    }
    return try Checkpoint(path: path)
  }

  /// Centre and half width of a tensor's values.
  private static func range(_ name: String, _ shape: [Int]) -> (centre: Float, spread: Float) {
    let inputs = shape.dropFirst().reduce(1, *)
    if name.hasSuffix("gamma") || (name.contains("norm") && name.hasSuffix("weight")) { return (1, 0.1) }
    if name.hasSuffix("weight") && shape.count > 1 && inputs > 1 { return (0, (3 / Float(inputs)).squareRoot()) }
    return (0, 0.1)
  }

  private static func fill(
    _ target: UnsafeMutablePointer<UInt16>, _ count: Int, _ range: (centre: Float, spread: Float), seed: Int
  ) {
    var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
    for index in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
      target[index] = UInt16((range.centre + range.spread * uniform).bitPattern >> 16)
    }
  }

  /// Memory that looks like a folder where there is some with room, the temporary folder else.
  private static func folder(for bytes: Int) throws -> String {
    for folder in ["/dev/shm", FileManager.default.temporaryDirectory.path] {
      var status = statvfs()
      guard access(folder, W_OK) == 0, statvfs(folder, &status) == 0 else { continue }
      if Int(status.f_bavail) * Int(status.f_frsize) > bytes + (256 << 20) { return folder }
    }
    throw BenchFailure(
      "no temporary folder has room for \(Units.bytes(bytes)) of random weights: ask for fewer layers, or set TMPDIR")
  }

  private struct Mapped {
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    let first: UnsafeMutablePointer<UInt16>
  }

  private static func map(_ path: String, _ header: [UInt8], bytes: Int) throws -> Mapped {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchFailure("\(path) cannot be made: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    let all = 8 + header.count + bytes
    guard ftruncate(descriptor, off_t(all)) == 0,
      let base = mmap(nil, all, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED
    else { throw BenchFailure("\(path) cannot be filled: \(String(cString: strerror(errno)))") }
    base.storeBytes(of: UInt64(header.count).littleEndian, as: UInt64.self)
    header.withUnsafeBytes {
      (base + 8).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
    }
    return Mapped(
      base: base, byteCount: all, first: (base + 8 + header.count).bindMemory(to: UInt16.self, capacity: bytes / 2))
  }
}

/// Why a benchmark cannot run, in one sentence.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
