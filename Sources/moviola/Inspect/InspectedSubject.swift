import Checkpoints
import Foundation
import WanModel

/// What `inspect` was pointed at: a whole model or one part of it, opened and checked.
struct InspectedSubject {
  let path: String
  /// The first line: what it is.
  let title: String
  let parts: [InspectedPart]

  /// Opens the headers and checks names and shapes.
  init(path: String) throws(CheckpointError) {
    self.path = path
    let folder = ModelFolder(path: path)
    // A file is inspected by itself, whatever lies around it.
    guard folder.isWhole, Self.isFolder(path) else {
      let part = try InspectedPart(path: path, name: path.fileName)
      (title, parts) = (part.kind, [part])
      return
    }
    let pipeline = try folder.pipelineConfiguration()
    var parts: [InspectedPart] = []
    for component in pipeline.components {
      parts.append(try InspectedPart(path: folder.location(component.name), name: component.name))
    }
    try folder.verifyFit()
    let boundary = pipeline.boundaryRatio.map { ", experts change at timestep \(Int($0 * 1000))" } ?? ""
    (title, self.parts) = (pipeline.className + boundary, parts)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Reads everything: values that are not finite, and checksums.
  func verifyValues() throws(CheckpointError) {
    for part in parts { try part.checkpoint?.verifyFinite() }
    var folders = Set(parts.flatMap { $0.checkpoint?.files.map(\.path) ?? [] }.map(Self.folder))
    if parts.count > 1 { folders.insert(path) }
    for folder in folders.sorted() where Self.exists("\(folder)/\(Checksums.fileName)") {
      try verifyChecksums(in: folder)
    }
  }

  private static func folder(of path: String) -> String {
    let folder = path.parentFolder
    return folder.isEmpty ? "." : folder
  }

  /// All files of the list; if one file was named, only that one.
  private func verifyChecksums(in folder: String) throws(CheckpointError) {
    let checksums = try Checksums(path: "\(folder)/\(Checksums.fileName)")
    let isFile = parts.count == 1 && parts[0].checkpoint?.files.map(\.path) == [path]
    try checksums.verify(only: isFile ? path.fileName : nil)
  }

  func report(listingTensors: Bool) -> String {
    let total = parts.reduce(0) { $0 + ($1.checkpoint?.byteCount ?? 0) }
    var lines = ["\(path.printable(limit: 4096)): \(title.printable()), \(Units.bytes(total))"]
    let width = parts.map(\.name.count).max() ?? 0
    for part in parts {
      let name = part.name.printable().padding(toLength: width, withPad: " ", startingAt: 0)
      lines += part.lines.enumerated().map { index, line in
        "  \(index == 0 ? name : String(repeating: " ", count: width))  \(line)"
      }
      if listingTensors { lines += part.tensorLines }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
