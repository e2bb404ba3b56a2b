import Prompting

/// Reads a theme file on top of the theme it inherits from. A mistake is noted; the rest of the file counts.
struct ThemeReader {
  let document: TOMLDocument
  private(set) var problems: [CatalogProblem] = []

  init(_ document: TOMLDocument) { self.document = document }

  /// The name in `inherits`.
  var parentName: String? { document.root["inherits"]?.string }

  mutating func read(name: String, onto parent: ThemeDraft?) -> ThemeDraft {
    checkKeys()
    var draft = parent ?? ThemeDraft(title: Bilingual(name, name))
    draft.title = title(or: Bilingual(name, name))
    draft.appearance = appearance(or: draft.appearance)
    for (name, value) in table("palette").sorted(by: { $0.key < $1.key }) {
      if let colour = ThemeColour(value) {
        draft.palette[name] = colour
      } else {
        noteColour(value, at: ["palette", name])
      }
    }
    readRoles(into: &draft)
    return draft
  }

  private mutating func readRoles(into draft: inout ThemeDraft) {
    for (key, value) in table("roles").sorted(by: { $0.key < $1.key }) {
      guard let role = ThemeRole(rawValue: key) else {
        note(["roles", key], Bilingual("no role called “\(key)”", "没有名为“\(key)”的角色"))
        continue
      }
      var style = draft.roles[role] ?? ThemeDraft.Style()
      set(&style, value, in: draft, at: ["roles", key])
      draft.roles[role] = style
    }
  }

  /// `dim = "fog"`, or `dim = { fg = "fog", bg = "ground", italic = true }`.
  private mutating func set(
    _ style: inout ThemeDraft.Style, _ value: TOMLNode, in draft: ThemeDraft, at path: [String]
  ) {
    guard let entries = value.table else {
      style.foreground = colour(value, in: draft, at: path) ?? style.foreground
      return
    }
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "fg": style.foreground = colour(value, in: draft, at: path) ?? style.foreground
      case "bg": style.background = colour(value, in: draft, at: path) ?? style.background
      default: setAttribute(key, value, of: &style, at: path)
      }
    }
  }

  private mutating func setAttribute(
    _ key: String, _ value: TOMLNode, of style: inout ThemeDraft.Style, at path: [String]
  ) {
    guard let attribute = ThemeAttributes(named: key), case .boolean(let isOn) = value else {
      let what = Bilingual(
        "“\(key)” is neither fg, bg nor an attribute = true or false", "“\(key)”不是 fg、bg，也不是取值 true 或 false 的属性")
      return note(path, what)
    }
    var attributes = style.attributes ?? []
    if isOn { attributes.insert(attribute) } else { attributes.remove(attribute) }
    style.attributes = attributes
  }

  private mutating func colour(_ value: TOMLNode, in draft: ThemeDraft, at path: [String]) -> TOMLNode? {
    if draft.colour(value) != nil { return value }
    noteColour(value, at: path)
    return nil
  }
}

extension ThemeReader {
  private mutating func checkKeys() {
    let known = ["title", "appearance", "inherits", "palette", "roles"]
    for key in document.root.keys.sorted() where !known.contains(key) {
      note([key], Bilingual("“\(key)” means nothing here", "此处没有“\(key)”这一项"))
    }
  }

  private mutating func table(_ key: String) -> [String: TOMLNode] {
    guard let value = document.root[key] else { return [:] }
    if let table = value.table { return table }
    note([key], Bilingual("“\(key)” must be a table", "“\(key)”必须是一个表"))
    return [:]
  }

  private mutating func title(or standard: Bilingual) -> Bilingual {
    guard let value = document.root["title"] else { return standard }
    if let title = Bilingual(value) { return title }
    note(["title"], Bilingual("title must be a text or { en = …, zh = … }", "title 必须是文本或 { en = …, zh = … }"))
    return standard
  }

  private mutating func appearance(or standard: Theme.Appearance) -> Theme.Appearance {
    guard let value = document.root["appearance"] else { return standard }
    if let appearance = value.string.flatMap(Theme.Appearance.init) { return appearance }
    note(["appearance"], Bilingual("appearance is \"dark\" or \"light\"", "appearance 只能是 \"dark\" 或 \"light\""))
    return standard
  }

  private mutating func noteColour(_ value: TOMLNode, at path: [String]) {
    let written = value.string.map { "“\($0)”" }
    let what = Bilingual(
      "\(written ?? "this") is no colour: write \"#rrggbb\", a name, a palette entry or 0 to 255",
      "\(written ?? "这")不是颜色：请写 \"#rrggbb\"、颜色名、调色板中的名称或 0 至 255")
    note(path, what)
  }

  private mutating func note(_ path: [String], _ what: Bilingual) { problems.append(document.problem(path, what)) }
}
