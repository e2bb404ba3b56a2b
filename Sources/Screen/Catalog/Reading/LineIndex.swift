import Foundation

/// The line of each key of a TOML text: the parser tells lines of its own errors only.
///
/// A path names tables, positions in arrays of tables (from 0) and keys: ["template", "2", "en", "subject"].
public struct LineIndex: Sendable {
  private var lines: [[String]: Int] = [:]

  public init(_ text: String) {
    var header: [String] = []
    var counts: [[String]: Int] = [:]
    var isInsideText = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let opensText = line.components(separatedBy: "\"\"\"").count.isMultiple(of: 2)
      defer { if opensText { isInsideText.toggle() } }
      if isInsideText { continue }
      if let entry = Self.header(in: line) {
        header = Self.resolved(entry.path, isArray: entry.isArray, &counts)
        note(header, index + 1)
      } else if let key = Self.key(in: line) {
        note(header + key, index + 1)
      }
    }
  }

  /// The line of the path, or of the nearest thing around it.
  public func line(of path: [String]) -> Int? {
    var path = path
    while !path.isEmpty {
      if let line = lines[path] { return line }
      path.removeLast()
    }
    return nil
  }

  private mutating func note(_ path: [String], _ line: Int) {
    if lines[path] == nil { lines[path] = line }
  }

  /// "[[template]]" for the third time → ["template", "2"]; "[template.en]" after it → ["template", "2", "en"].
  private static func resolved(_ path: [String], isArray: Bool, _ counts: inout [[String]: Int]) -> [String] {
    var resolved: [String] = []
    for (depth, part) in path.enumerated() {
      resolved.append(part)
      let isNew = isArray && depth == path.count - 1
      if isNew { counts[resolved, default: 0] += 1 }
      if let count = counts[resolved] { resolved.append(String(count - 1)) }
    }
    return resolved
  }

  private static func header(in line: Substring) -> (path: [String], isArray: Bool)? {
    let text = line.drop { $0 == " " || $0 == "\t" }
    guard text.hasPrefix("["), let end = text.firstIndex(of: "]") else { return nil }
    let isArray = text.hasPrefix("[[")
    let start = text.index(text.startIndex, offsetBy: isArray ? 2 : 1)
    guard start <= end else { return nil }
    return (parts(text[start..<end]), isArray)
  }

  private static func key(in line: Substring) -> [String]? {
    guard let equals = line.firstIndex(of: "="), let first = line.first(where: { $0 != " " && $0 != "\t" }),
      !"#[{,\"".contains(first) || first == "\""
    else { return nil }
    return parts(line[..<equals])
  }

  private static func parts(_ text: Substring) -> [String] {
    text.split(separator: ".").map { $0.trimming { " \t\"'".contains($0) } }
  }
}

extension Substring {
  fileprivate func trimming(_ isMargin: (Character) -> Bool) -> String {
    let start = drop(while: isMargin)
    guard let last = start.lastIndex(where: { !isMargin($0) }) else { return "" }
    return String(start[...last])
  }
}
