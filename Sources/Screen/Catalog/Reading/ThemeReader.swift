import Prompting

/// Reads a theme file on top of the theme it inherits from. A mistake is noted; the rest of the file counts.
struct ThemeReader {
  let document: TOMLDocument
  private(set) var problems: [CatalogProblem] = []
  private var palette: [String: ThemeColour] = [:]

  init(_ document: TOMLDocument) { self.document = document }

  /// The name in `inherits`.
  var parentName: String? { document.root["inherits"]?.string }

  mutating func read(name: String, onto parent: Theme?) -> Theme {
    checkKeys()
    palette = readPalette()
    var styles = parent?.ownStyles ?? [:]
    for (key, value) in table("roles").sorted(by: { $0.key < $1.key }) {
      guard let role = ThemeRole(rawValue: key) else {
        note(["roles", key], Bilingual("no role called “\(key)”", "没有名为“\(key)”的角色"))
        continue
      }
      styles[role] = style(value, at: ["roles", key]).completed(by: styles[role] ?? ThemeStyle())
    }
    return Theme(name: name, title: title(or: name), appearance: appearance(or: parent), styles: styles)
  }

  private mutating func checkKeys() {
    let known = ["title", "appearance", "inherits", "palette", "roles"]
    for key in document.root.keys.sorted() where !known.contains(key) {
      note([key], Bilingual("“\(key)” means nothing here", "此处没有“\(key)”这一项"))
    }
  }

  private mutating func readPalette() -> [String: ThemeColour] {
    var palette: [String: ThemeColour] = [:]
    for (name, value) in table("palette") {
      palette[name] = ThemeColour(value) ?? unknownColour(value, at: ["palette", name])
    }
    return palette
  }

  private mutating func table(_ key: String) -> [String: TOMLNode] {
    guard let value = document.root[key] else { return [:] }
    if let table = value.table { return table }
    note([key], Bilingual("“\(key)” must be a table", "“\(key)”必须是一个表"))
    return [:]
  }

  private mutating func style(_ value: TOMLNode, at path: [String]) -> ThemeStyle {
    guard let entries = value.table else { return ThemeStyle(foreground: colour(value, at: path)) }
    var style = ThemeStyle()
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "fg": style.foreground = colour(value, at: path)
      case "bg": style.background = colour(value, at: path)
      default: set(key, value, of: &style, at: path)
      }
    }
    return style
  }

  private mutating func set(_ key: String, _ value: TOMLNode, of style: inout ThemeStyle, at path: [String]) {
    guard let attribute = ThemeAttributes(named: key), case .boolean(let isOn) = value else {
      let what = Bilingual(
        "“\(key)” is neither fg, bg nor an attribute = true or false", "“\(key)”不是 fg、bg，也不是取值 true 或 false 的属性")
      return note(path, what)
    }
    var attributes = style.attributes ?? []
    if isOn { attributes.insert(attribute) }
    style.attributes = attributes
  }

  private mutating func colour(_ value: TOMLNode, at path: [String]) -> ThemeColour? {
    if let name = value.string, let colour = palette[name] { return colour }
    return ThemeColour(value) ?? unknownColour(value, at: path)
  }

  private mutating func unknownColour(_ value: TOMLNode, at path: [String]) -> ThemeColour? {
    let written = value.string.map { "“\($0)”" } ?? "this"
    let what = Bilingual(
      "\(written) is no colour: write \"#rrggbb\", a name, a palette entry or 0–255",
      "\(value.string.map { "“\($0)”" } ?? "这")不是颜色：请写 \"#rrggbb\"、颜色名、调色板中的名称或 0–255")
    note(path, what)
    return nil
  }

  private mutating func title(or name: String) -> Bilingual {
    guard let value = document.root["title"] else { return Bilingual(name, name) }
    if let title = Bilingual(value) { return title }
    note(["title"], Bilingual("title must be a text or { en = …, zh = … }", "title 必须是文本或 { en = …, zh = … }"))
    return Bilingual(name, name)
  }

  private mutating func appearance(or parent: Theme?) -> Theme.Appearance {
    guard let value = document.root["appearance"] else { return parent?.appearance ?? .dark }
    if let appearance = value.string.flatMap(Theme.Appearance.init) { return appearance }
    note(["appearance"], Bilingual("appearance is \"dark\" or \"light\"", "appearance 只能是 \"dark\" 或 \"light\""))
    return .dark
  }

  private mutating func note(_ path: [String], _ what: Bilingual) { problems.append(document.problem(path, what)) }
}
