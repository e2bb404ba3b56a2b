import Foundation
import Prompting

/// All prompt files. An entry replaces an earlier one of the same id, so that a user can rewrite ours.
struct PromptShelf {
  private(set) var templates: [Template] = []
  private(set) var lists: [WordList] = []
  private(set) var problems: [CatalogProblem] = []

  mutating func add(_ folder: URL?) {
    let files = Resources.documents(in: folder)
    for file in files.read { add(file.document) }
    problems += files.problems
  }

  mutating func add(_ document: TOMLDocument) {
    var reader = PromptReader(document)
    let content = reader.read()
    templates = Self.merged(templates, content.templates)
    lists = Self.merged(lists, content.lists)
    problems += reader.problems
  }

  private static func merged<Entry: Identifiable>(_ old: [Entry], _ new: [Entry]) -> [Entry] {
    var merged = old
    for entry in new {
      if let index = merged.firstIndex(where: { $0.id == entry.id }) {
        merged[index] = entry
      } else {
        merged.append(entry)
      }
    }
    return merged
  }
}
