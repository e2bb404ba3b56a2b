import Catalog
import Foundation
import Prompting
import Studio
import TOMLKit
import Terminal

/// What config.toml says about the studio. A missing file is an empty one; a mistake is named and left out.
///
///     theme = "dusk"
///     language = "zh"          # or "en"; by locale if absent
///     mouse = true
///     reduced_motion = false
///     ascii = false
///     preview = "auto"         # off, blocks, kitty
///
///     [models]                 # see ``ModelSettings``
///     folders = ["/data/models"]
struct StudioSettings {
  var options = StudioOptions()
  var preview = ScreenOptions.PictureChoice.automatic
  private(set) var problems: [CatalogProblem] = []
  private let file: String

  static func load(_ file: URL, environment: [String: String]) -> StudioSettings {
    var settings = StudioSettings(file: file.path)
    settings.options.language = language(environment)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return settings }
    do {
      settings.read(try CheckedTOML.table(text))
    } catch let error as TOMLParseError {
      settings.note("not TOML: \(error.description)", line: error.source.begin.line)
    } catch {
      settings.note("not TOML: \(error)")
    }
    return settings
  }

  private init(file: String) { self.file = file }

  /// By locale: the first of the variables that says anything.
  private static func language(_ environment: [String: String]) -> PromptLanguage {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
    let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return locale.lowercased().hasPrefix("zh") ? .zh : .en
  }

  private mutating func read(_ table: TOMLTable) {
    for key in table.keys {
      guard let value = table[key] else { continue }
      if !take(key, value) { note("\"\(key)\" is not understood") }
    }
  }

  /// Whether the key is known and its value of the right kind.
  private mutating func take(_ key: String, _ value: any TOMLValueConvertible) -> Bool {
    switch key {
    case "theme": return set(value.string) { $0.options.theme = $1 }
    case "language": return set(value.string.flatMap { PromptLanguage(rawValue: $0) }) { $0.options.language = $1 }
    case "mouse": return set(value.bool) { $0.options.hasMouse = $1 }
    case "reduced_motion": return set(value.bool) { $0.options.reducedMotion = $1 }
    case "ascii": return set(value.bool) { $0.options.isASCII = $1 }
    case "preview": return set(value.string.flatMap { ScreenOptions.PictureChoice(rawValue: $0) }) { $0.preview = $1 }
    case "models":
      var models = ModelSettings()
      models.read(value)
      for problem in models.problems { note(problem) }
      return true
    // Other parts of the program have tables of their own.
    default: return value.table != nil
    }
  }

  private mutating func set<Value>(_ value: Value?, _ change: (inout StudioSettings, Value) -> Void) -> Bool {
    guard let value else { return false }
    change(&self, value)
    return true
  }

  private mutating func note(_ what: String, line: Int? = nil) {
    problems.append(CatalogProblem(file: file, line: line, what: Bilingual(what, what)))
  }
}
