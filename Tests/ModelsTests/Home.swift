import Checkpoints
import Foundation
import GoldenModel
import Rendering
import SampleModels
import Tensors

@testable import Models

/// A user's folders, which are removed when the test is over.
final class Home {
  let path = NSTemporaryDirectory() + "moviola-home-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var environment: [String: String] { ["MOVIOLA_HOME": path + "/home", "HF_HOME": path + "/hf", "HOME": path] }

  func registry(folders: [String] = [], comfyUI: [String] = []) -> ModelRegistry {
    ModelRegistry(
      home: MoviolaHome(environment: environment), environment: environment,
      places: ModelRegistry.Places(folders: folders, comfyUI: comfyUI),
      builtIn: ModelRegistry.BuiltIn(name: "wan-nano", path: GoldenModel.path))
  }

  /// A copy of the golden model.
  @discardableResult
  func model(_ name: String) throws -> String {
    let target = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: GoldenModel.path, toPath: target)
    return target
  }

  /// The golden model as the Hugging Face clients cache it: large files named by SHA-256, small ones by git's SHA-1.
  func cached(_ repository: String = "models--Wan-AI--Tiny") throws -> String {
    let hub = "\(path)/hf/hub/\(repository)"
    let snapshot = "\(hub)/snapshots/0123456789abcdef"
    try FileManager.default.createDirectory(atPath: hub + "/blobs", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: hub + "/refs", withIntermediateDirectories: true)
    try "0123456789abcdef".write(toFile: hub + "/refs/main", atomically: true, encoding: .utf8)
    for case let name as String in FileManager.default.enumerator(atPath: GoldenModel.path) ?? .init() {
      let (source, link) = ("\(GoldenModel.path)/\(name)", "\(snapshot)/\(name)")
      guard let audit = try? FileAudit(reading: source, wantsGitSHA1: true) else { continue }
      let blob = name.hasSuffix(".safetensors") ? audit.sha256 : audit.gitSHA1 ?? ""
      try? FileManager.default.copyItem(atPath: source, toPath: "\(hub)/blobs/\(blob)")
      try FileManager.default.createDirectory(
        at: URL(filePath: link).deletingLastPathComponent(), withIntermediateDirectories: true)
      let up = String(repeating: "../", count: name.split(separator: "/").count + 1)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(up)blobs/\(blob)")
    }
    return snapshot
  }

  /// Changes one file in place, through links.
  func damage(_ file: String, _ change: (inout Data) -> Void) throws {
    let real = URL(filePath: (file as NSString).resolvingSymlinksInPath)
    var data = try Data(contentsOf: real)
    change(&data)
    try data.write(to: real)
  }
}

extension String {
  func write(toFile path: String, atomically: Bool, encoding: Encoding) throws {
    try write(to: URL(filePath: path), atomically: atomically, encoding: encoding)
  }
}
