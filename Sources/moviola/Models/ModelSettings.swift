import Catalog
import Foundation
import Models
import TOMLKit

/// What config.toml says about models.
///
///     [models]
///     folders = ["/data/models", "~/wan"]
///     comfyui = "/opt/ComfyUI"
///
/// `models = ["/data/models"]` is the same as `folders`.
struct ModelSettings: Hashable, Sendable {
  var places = ModelRegistry.Places()
  /// What is wrong with it, one sentence each.
  private(set) var problems: [String] = []
  private let home: String

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    home = environment["HOME"] ?? NSHomeDirectory()
  }

  /// Reads the file; a missing one is an empty one.
  static func load(_ file: URL, environment: [String: String]) -> ModelSettings {
    var settings = ModelSettings(environment: environment)
    guard let data = try? Data(contentsOf: file) else { return settings }
    guard let text = String(data: data, encoding: .utf8) else {
      settings.problems = ["\(file.path) is not UTF-8, so that its model folders are not known"]
      return settings
    }
    do {
      if let value = try CheckedTOML.table(text)["models"] { settings.read(value) }
      settings.problems += settings.missingFolders
      settings.problems = settings.problems.map { "\(file.path): \($0)" }
    } catch {
      settings.problems = ["\(file.path) is not TOML, so that its model folders are not known"]
    }
    return settings
  }

  /// A sentence for each folder that is none.
  var missingFolders: [String] {
    [("folders", places.folders), ("comfyui", places.comfyUI)].flatMap { key, folders in
      folders.filter { !Self.isFolder($0) }.map { "the folder \($0) of \"models.\(key)\" does not exist" }
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Takes what is understood of the value of `models`.
  mutating func read(_ value: any TOMLValueConvertible) {
    if let list = value.array {
      places.folders = folders(list, "models")
    } else if let table = value.table {
      for key in table.keys {
        guard let entry = table[key] else { continue }
        switch key {
        case "folders": places.folders = folders(entry, "models.folders")
        case "comfyui": places.comfyUI = folders(entry, "models.comfyui")
        default: problems.append("\"models.\(key)\" is not understood")
        }
      }
    } else {
      problems.append("\"models\" is neither a list of folders nor a table")
    }
  }

  /// One folder or a list of them.
  private mutating func folders(_ value: any TOMLValueConvertible, _ name: String) -> [String] {
    if let one = value.string { return [whole(one)] }
    guard let list = value.array else {
      problems.append("\"\(name)\" is neither a folder nor a list of folders")
      return []
    }
    let texts = list.compactMap { $0.string }
    if texts.count < list.count { problems.append("\"\(name)\" holds something that is no text") }
    return texts.map(whole)
  }

  private func whole(_ path: String) -> String {
    path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
  }
}
