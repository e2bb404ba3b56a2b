import Prompting

/// Reads a file of templates and word lists. An entry with a mistake is left out and named; the others count.
struct PromptReader {
  let document: TOMLDocument
  private(set) var problems: [CatalogProblem] = []

  init(_ document: TOMLDocument) { self.document = document }

  mutating func read() -> (templates: [Template], lists: [WordList]) {
    for key in document.root.keys.sorted() where !["template", "list", "negative"].contains(key) {
      note([key], Bilingual("“\(key)” means nothing here", "此处没有“\(key)”这一项"))
    }
    let templates = entries("template").compactMap { template($0.entry, at: $0.path) }
    let lists = entries("list").compactMap { list($0.entry, at: $0.path) }
    return (templates, lists)
  }

  private mutating func entries(_ key: String) -> [(path: [String], entry: [String: TOMLNode])] {
    guard let value = document.root[key] else { return [] }
    let tables = value.array?.map(\.table) ?? [nil]
    if tables.contains(nil) {
      note([key], Bilingual("write [[\(key)]] before each entry", "每一项之前请写 [[\(key)]]"))
    }
    return tables.enumerated().compactMap { index, table in table.map { ([key, String(index)], $0) } }
  }

  private mutating func note(_ path: [String], _ what: Bilingual) { problems.append(document.problem(path, what)) }
}

// Templates.
extension PromptReader {
  private mutating func template(_ entry: [String: TOMLNode], at path: [String]) -> Template? {
    checkKeys(of: entry, ["id", "title", "model", "en", "zh"], at: path)
    guard let id = text("id", of: entry, at: path) else { return nil }
    var texts: [PromptLanguage: PromptSlots] = [:]
    for language in PromptLanguage.allCases {
      if let value = entry[language.rawValue] {
        texts[language] = slots(value, language, at: path + [language.rawValue])
      }
    }
    guard !texts.isEmpty else {
      note(
        path,
        Bilingual("“\(id)” has no text: give it en = { … } or zh = { … }", "“\(id)”没有内容：请写 en = { … } 或 zh = { … }"))
      return nil
    }
    return Template(id: id, title: title(of: entry, or: id, at: path), model: entry["model"]?.string, texts: texts)
  }

  private mutating func slots(_ value: TOMLNode, _ language: PromptLanguage, at path: [String]) -> PromptSlots? {
    guard let table = value.table else {
      note(path, Bilingual("must be a table of slots", "必须是由各栏组成的表"))
      return nil
    }
    var slots = PromptSlots(negative: commonNegative[language])
    for (key, value) in table.sorted(by: { $0.key < $1.key }) {
      guard let slot = Slot(rawValue: key), let text = value.string else {
        let names = Slot.allCases.map(\.rawValue).joined(separator: ", ")
        note(
          path + [key],
          Bilingual("“\(key)” is no slot with a text; slots are \(names)", "“\(key)”不是带文本的栏；可用的栏：\(names)"))
        continue
      }
      slots[slot] = text
    }
    return slots
  }

  private var commonNegative: Bilingual { document.root["negative"].flatMap(Bilingual.init) ?? Bilingual("", "") }
}

// Word lists.
extension PromptReader {
  private mutating func list(_ entry: [String: TOMLNode], at path: [String]) -> WordList? {
    checkKeys(of: entry, ["id", "title", "slot", "words"], at: path)
    guard let id = text("id", of: entry, at: path), let name = text("slot", of: entry, at: path) else { return nil }
    guard let slot = Slot(rawValue: name) else {
      note(path + ["slot"], Bilingual("no slot called “\(name)”", "没有名为“\(name)”的栏"))
      return nil
    }
    let rows = entry["words"]?.array ?? []
    let words = rows.compactMap { Bilingual($0) }
    if words.isEmpty || words.count < rows.count {
      note(
        path + ["words"],
        Bilingual("words are texts or pairs [\"English\", \"中文\"]", "words 应为文本或 [\"English\", \"中文\"]"))
    }
    return WordList(id: id, slot: slot, title: title(of: entry, or: id, at: path), words: words)
  }
}

extension PromptReader {
  private mutating func checkKeys(of entry: [String: TOMLNode], _ known: [String], at path: [String]) {
    for key in entry.keys.sorted() where !known.contains(key) {
      note(path + [key], Bilingual("“\(key)” means nothing here", "此处没有“\(key)”这一项"))
    }
  }

  private mutating func text(_ key: String, of entry: [String: TOMLNode], at path: [String]) -> String? {
    if let text = entry[key]?.string, !text.isEmpty { return text }
    note(path + [key], Bilingual("\(key) must be a text", "\(key) 必须是文本"))
    return nil
  }

  private mutating func title(of entry: [String: TOMLNode], or id: String, at path: [String]) -> Bilingual {
    guard let value = entry["title"] else { return Bilingual(id, id) }
    if let title = Bilingual(value) { return title }
    note(
      path + ["title"],
      Bilingual("title must be a text or a pair [\"English\", \"中文\"]", "title 应为文本或 [\"English\", \"中文\"]"))
    return Bilingual(id, id)
  }
}
