import Checkpoints
import Foundation
import WanModel

/// Looks for models in folders and caches, by what lies there; opens configurations and headers only.
struct ModelSearch: Sendable {
  struct Candidate: Hashable, Sendable {
    var title: String
    var location: ModelLocation
    var source: FoundModel.Source
  }

  let folders: [String]
  let comfyUI: [String]
  let cache: HuggingFaceCache

  private static let mostFolders = 2000
  private static let deepest = 3

  /// In the order in which they are looked for.
  func candidates() -> [Candidate] {
    let own = folders.flatMap { Self.models(in: $0, .folder) }
    let comfy = comfyUI.flatMap { Self.models(in: $0, .comfyUI) }
    let cached = cache.snapshots().flatMap { snapshot in
      Self.models(in: snapshot.path, .huggingFace).map { candidate in
        var candidate = candidate
        if candidate.location.path == snapshot.path { candidate.title = snapshot.title }
        return candidate
      }
    }
    return own + comfy + cached
  }

  private static func models(in folder: String, _ source: FoundModel.Source) -> [Candidate] {
    var visited = 0
    return paths(in: URL(filePath: folder).standardizedFileURL.path, deepest, &visited).map { path in
      Candidate(title: title(path), location: ModelLocation(path: path), source: source)
    }
  }

  private static func paths(in folder: String, _ depth: Int, _ visited: inout Int) -> [String] {
    visited += 1
    if ModelFolder.isPublished(folder) { return [folder] }
    var found = ModelFolder.singleFileModels(in: folder)
    guard depth > 0 else { return found }
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
      let path = "\(folder)/\(name)"
      var isFolder: ObjCBool = false
      guard visited < mostFolders, !name.hasPrefix("."),
        FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        isFolder.boolValue
      else { continue }
      found += paths(in: path, depth - 1, &visited)
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0).inserted }
  }

  /// A folder's name, or a file's without what tells one expert from the other.
  static func title(_ path: String) -> String {
    guard ["safetensors", "gguf", "pth"].contains(path.fileExtension) else { return path.fileName }
    let name = path.fileName.withoutExtension
    let short = name.replacing(
      #/[-_. ]?(high|low)[-_. ]?noise|[-_. ](high|low)(?=[-_. ]|$)/#.ignoresCase(), with: "")
    return short.isEmpty ? name : short
  }
}
