import Foundation
import Prompting
import TOMLKit

/// One file, read: its values, and its text to find the line of a mistake in.
struct TOMLDocument {
  /// The file's path as a message names it.
  let file: String
  let root: [String: TOMLNode]
  private let text: String

  /// - Throws: ``CatalogProblem`` when the text is not TOML; it names the line.
  init(file: String, text: String) throws(CatalogProblem) {
    do {
      let table = try CheckedTOML.table(text)
      root = withExtendedLifetime(table) { TOMLNode.entries(of: table) }
    } catch let error as TOMLParseError {
      let what = Bilingual("not TOML: \(error.description)", "不是有效的 TOML：\(error.description)")
      throw CatalogProblem(file: file, line: error.source.begin.line, what: what)
    } catch let error as CheckedTOML.BadLine {
      throw CatalogProblem(
        file: file, line: error.line, what: Bilingual("not TOML: \(error)", "不是有效的 TOML：\(error)"))
    } catch {
      throw CatalogProblem(file: file, what: Bilingual("not TOML: \(error)", "不是有效的 TOML：\(error)"))
    }
    self.file = file
    self.text = text
  }

  static func read(_ url: URL) throws(CatalogProblem) -> TOMLDocument {
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw CatalogProblem(file: url.path, what: Bilingual("cannot be read as UTF-8 text", "无法读取为 UTF-8 文本"))
    }
    return try TOMLDocument(file: url.path, text: text)
  }

  func problem(_ path: [String], _ what: Bilingual) -> CatalogProblem {
    CatalogProblem(file: file, line: LineIndex(text).line(of: path), what: what)
  }
}
