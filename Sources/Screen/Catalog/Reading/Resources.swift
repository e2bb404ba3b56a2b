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

  /// The TOML files of a folder that can be read, by name, and what is wrong with the others.
  static func documents(in folder: URL?) -> (read: [(name: String, document: TOMLDocument)], problems: [CatalogProblem])
  {
    var (read, problems): ([(name: String, document: TOMLDocument)], [CatalogProblem]) = ([], [])
    do throws(CatalogProblem) {
      for file in try files(in: folder) {
        do throws(CatalogProblem) {
          read.append((file.deletingPathExtension().lastPathComponent, try TOMLDocument.read(file)))
        } catch {
          problems.append(error)
        }
      }
    } catch {
      problems.append(error)
    }
    return (read, problems)
  }

  /// None where there is no folder.
  private static func files(in folder: URL?) throws(CatalogProblem) -> [URL] {
    guard let folder, FileManager.default.fileExists(atPath: folder.path) else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw CatalogProblem(file: folder.path, what: Bilingual("cannot be opened as a folder", "无法作为文件夹打开"))
    }
    return names.filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }.sorted().map { folder.appending(path: $0) }
  }
}
