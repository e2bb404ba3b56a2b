import Catalog
import Foundation
import Prompting
import Rendering

/// Mistakes in config.toml, in themes and in prompts.
struct SettingsCheck: Check {
  let home: MoviolaHome
  let settings: StudioSettings

  func findings() -> [Finding] {
    let catalog = Catalog.load(userFolder: home.config)
    let problems = settings.problems(in: catalog) + catalog.problems
    guard problems.isEmpty else {
      return problems.map {
        .warn("settings", $0.sentence(.en), "mend the file; what it says wrongly is left out, the rest counts")
      }
    }
    let file = home.configFile.path(percentEncoded: false)
    let exists = FileManager.default.fileExists(atPath: file)
    let counts =
      "\(Units.count(catalog.themes.count, "theme")), \(Units.count(catalog.templates.count, "template"))"
    return [.ok("settings", exists ? "\(file), \(counts)" : "no \(file), \(counts)")]
  }
}
