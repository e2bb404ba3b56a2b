import Foundation
import Prompting

/// All theme files, with their inheritance resolved.
struct ThemeShelf {
  private(set) var problems: [CatalogProblem] = []
  private var documents: [String: TOMLDocument] = [:]
  /// Documents that a later file of the same name replaced: a theme may inherit from the one it replaces.
  private var replaced: [String: TOMLDocument] = [:]

  mutating func add(_ folder: URL?) {
    let files = Resources.documents(in: folder)
    for file in files.read { add(file.document, name: file.name) }
    problems += files.problems
  }

  mutating func add(_ document: TOMLDocument, name: String) {
    replaced[name] = documents[name]
    documents[name] = document
  }

  mutating func read() -> [Theme] {
    documents.keys.sorted().compactMap { name in
      documents[name].map { draft($0, name: name, heirs: []).theme(named: name) }
    }
  }

  private mutating func draft(_ document: TOMLDocument, name: String, heirs: [String]) -> ThemeDraft {
    var reader = ThemeReader(document)
    let parent = parent(of: reader, name: name, heirs: heirs)
    let draft = reader.read(name: name, onto: parent)
    // Told once, when the file is read for itself and not as a parent.
    if heirs.isEmpty { problems += reader.problems }
    return draft
  }

  private mutating func parent(of reader: ThemeReader, name: String, heirs: [String]) -> ThemeDraft? {
    guard let parentName = reader.parentName else { return nil }
    let line = heirs + [name]
    if parentName == name, !heirs.contains(name), let older = replaced[name] {
      return draft(older, name: name, heirs: line)
    }
    if !line.contains(parentName), let parent = documents[parentName] {
      return draft(parent, name: parentName, heirs: line)
    }
    if heirs.isEmpty {
      let what =
        line.contains(parentName)
        ? Bilingual("inherits from itself", "继承了自身")
        : Bilingual("no theme called “\(parentName)”", "没有名为“\(parentName)”的主题")
      problems.append(reader.document.problem(["inherits"], what))
    }
    return nil
  }
}
