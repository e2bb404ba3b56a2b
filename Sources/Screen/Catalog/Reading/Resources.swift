import Foundation
import Prompting

/// Where the program's own themes and prompts lie.
///
/// The generated `Bundle.module` traps when its folder is gone; this looks beside the program, in the places an
/// installation uses, and answers nil.
enum Resources {
  static let bundleName = "moviola_Catalog.resources"

  static func folders() -> (themes: URL, prompts: URL)? {
    candidates().map { ($0.appending(path: "Themes"), $0.appending(path: "Prompts")) }
      .first { isFolder($0.0) && isFolder($0.1) }
  }

  private static func candidates() -> [URL] {
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let places = [Bundle.main.bundleURL, Bundle.main.resourceURL, program].compactMap { $0 }
    let installed = places.flatMap { [$0.appending(path: "../share/moviola"), $0.appending(path: "../lib/moviola")] }
    return (places + installed).flatMap { [$0.appending(path: bundleName), $0] }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The TOML files of a folder by name; none where there is no folder.
  static func files(in folder: URL?) -> [URL] {
    guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return [] }
    return names.filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }.sorted().map { folder.appending(path: $0) }
  }
}
