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
  private var lines = LineIndex("")
  /// That of the file, which an argument may replace.
  private var theme: String?

  static func load(_ file: URL, environment: [String: String]) -> StudioSettings {
    var settings = StudioSettings(file: file.path)
    settings.options.language = language(environment)
    guard FileManager.default.fileExists(atPath: file.path) else { return settings }
    do {
      let text = try text(of: file)
      settings.lines = LineIndex(text)
      settings.read(try CheckedTOML.table(text))
    } catch let error as CatalogProblem {
      settings.problems.append(error)
    } catch let error as TOMLParseError {
      settings.note("not TOML: \(error.description)", line: error.source.begin.line)
    } catch {
      settings.note("not TOML: \(error)")
    }
    settings.problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    return settings
  }

  private init(file: String) { self.file = file }

  private static func text(of file: URL) throws(CatalogProblem) -> String {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: file)
    } catch {
      throw CatalogProblem(file: file.path, what: Bilingual("cannot be read", "无法读取"))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
      throw CatalogProblem(
        file: file.path, line: bad.map { $0 + 1 },
        what: Bilingual("not UTF-8 text, so that nothing in the file counts", "不是 UTF-8 文本，整个文件未被采用"))
    }
    return text
  }

  /// What is wrong with the file, and with a theme that nobody has.
  func problems(in catalog: Catalog) -> [CatalogProblem] {
    var problems = problems
    let line = lines.line(of: ["theme"])
    for (name, place, line) in [(theme, file, line), (options.theme, "--theme", nil)] {
      guard let name, name != Catalog.standardTheme, !catalog.themes.contains(where: { $0.name == name }) else {
        continue
      }
      if place == "--theme", name == theme { continue }
      let known = catalog.themes.map(\.name).joined(separator: ", ")
      let what = Bilingual("no theme called “\(name)”: there are \(known)", "没有名为“\(name)”的主题；可选：\(known)")
      problems.append(CatalogProblem(file: place, line: line, what: what))
    }
    return problems
  }

  /// By locale: the first of the variables that says anything.
  private static func language(_ environment: [String: String]) -> PromptLanguage {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
    let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return locale.lowercased().hasPrefix("zh") ? .zh : .en
  }

  private mutating func read(_ table: TOMLTable) {
    for key in table.keys {
      guard let value = table[key] else { continue }
      if !take(key, value) { note("\"\(key)\" is not understood", line: lines.line(of: [key])) }
    }
  }

  /// Whether the key is known and its value of the right kind.
  private mutating func take(_ key: String, _ value: any TOMLValueConvertible) -> Bool {
    switch key {
    case "theme": return set(value.string) { ($0.options.theme, $0.theme) = ($1, $1) }
    case "language": return set(value.string.flatMap { PromptLanguage(rawValue: $0) }) { $0.options.language = $1 }
    case "mouse": return set(value.bool) { $0.options.hasMouse = $1 }
    case "reduced_motion": return set(value.bool) { $0.options.reducedMotion = $1 }
    case "ascii": return set(value.bool) { $0.options.isASCII = $1 }
    case "preview": return set(value.string.flatMap { ScreenOptions.PictureChoice(rawValue: $0) }) { $0.preview = $1 }
    case "models":
      var models = ModelSettings()
      models.read(value)
      for problem in models.problems { note(problem, line: lines.line(of: [key])) }
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
