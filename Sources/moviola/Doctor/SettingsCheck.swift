import Catalog
import Foundation
import Prompting
import Rendering

/// Mistakes in config.toml, in themes and in prompts.
struct SettingsCheck: Check {
  let home: MoviolaHome
  let settings: StudioSettings
  let environment: [String: String]

  func findings() -> [Finding] {
    let catalog = Catalog.load(userFolder: home.config)
    let problems = (settings.problems(in: catalog) + catalog.problems).map { $0.sentence(.en) } + folders
    guard problems.isEmpty else {
      return problems.map {
        .warn("settings", $0, "mend the file; what it says wrongly is left out, the rest counts")
      }
    }
    let file = home.configFile.path(percentEncoded: false)
    let exists = FileManager.default.fileExists(atPath: file)
    let counts =
      "\(Units.count(catalog.themes.count, "theme")), \(Units.count(catalog.templates.count, "template"))"
    return [.ok("settings", exists ? "\(file), \(counts)" : "no \(file), \(counts)")]
  }

  /// Model folders that do not exist.
  private var folders: [String] {
    let file = home.configFile
    return ModelSettings.load(file, environment: environment).missingFolders.map { "\(file.path): \($0)" }
  }
}
