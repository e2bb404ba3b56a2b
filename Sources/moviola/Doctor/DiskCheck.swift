import BuiltInModel
import Foundation
import LocalEngine
import Rendering

/// Room and speed where models are read from, and where clips and temporary files go.
struct DiskCheck: Check {
  let home: MoviolaHome
  let model: String?

  func findings() -> [Finding] {
    let here = FileManager.default.currentDirectoryPath
    let temporary = FileManager.default.temporaryDirectory.path(percentEncoded: false)
    let renders = home.renders.path(percentEncoded: false)
    return [
      reading("model folder", model ?? BuiltInModel.path), writing("this folder", here),
      writing("renders folder", renders), writing("temporary folder", temporary),
    ]
  }

  /// Below this a pass over the weights of a large model takes minutes.
  private static let slow = 300e6

  private func reading(_ name: String, _ folder: String) -> Finding {
    let disk = Disk(at: folder)
    guard let file = Self.largestFile(in: folder) else {
      return .fail(name, "\(folder) has no file to read", "say with --model where the model lies")
    }
    guard let speed = DiskSpeed.reading(file.path) else {
      return .ok(name, "\(folder): \(disk.title), too small to measure")
    }
    let value = "\(folder): \(disk.title), reads \(Units.bytes(Int(speed))) a second"
    guard speed < Self.slow else { return .ok(name, value) }
    let pass = Units.time(Double(file.bytes) / speed)
    return .warn(name, value, "a pass over its largest file takes \(pass): copy it to a faster disk, or use --preload")
  }

  private static func largestFile(in folder: String) -> (path: String, bytes: Int)? {
    let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let sizes = all.prefix(10_000).map { name -> (path: String, bytes: Int) in
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return (name, 0) }
      return ("\(folder)/\(name)", Int(status.st_size))
    }
    return sizes.max { $0.bytes < $1.bytes }.flatMap { $0.bytes > 0 ? $0 : nil }
  }

  private func writing(_ name: String, _ folder: String) -> Finding {
    let disk = Disk(at: folder)
    guard let free = Disk.freeBytes(at: folder) else {
      return .warn(name, "\(folder): \(disk.title), free space unknown", "look with df")
    }
    let room = "\(folder): \(disk.title), \(Units.bytes(free)) free"
    guard FileManager.default.fileExists(atPath: folder) else { return .ok(name, room + ", not made yet") }
    guard access(folder, W_OK | X_OK) == 0 else {
      let advice = "clips go elsewhere with -o; MOVIOLA_HOME and TMPDIR move the other folders"
      return .warn(name, "\(folder) cannot be written", advice)
    }
    guard free >= 2_000_000_000 else { return .warn(name, room, "a long clip needs more: free some space") }
    if disk.kind == .memory {
      return .warn(name, room, "what is written there takes memory; set TMPDIR to a folder on a disk")
    }
    guard let speed = DiskSpeed.writing(in: folder) else {
      return .fail(name, room + ", but writing failed", "see dmesg")
    }
    return .ok(name, room + ", writes \(Units.bytes(Int(speed))) a second")
  }
}
