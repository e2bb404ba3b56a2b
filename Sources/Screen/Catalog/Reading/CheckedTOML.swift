public import TOMLKit

/// Reads TOML after a look at its table headers and arrays: the parser's library stops the program on some like `[=]` and
/// `a = [}]`.
public enum CheckedTOML {
  /// Something on which the library would stop.
  public struct BadLine: Error, CustomStringConvertible {
    public let line: Int
    let mistake: String
    public var description: String { "line \(line): \(mistake)" }
  }

  /// - Throws: ``BadLine``, `TOMLParseError`
  public static func table(_ text: String) throws -> TOMLTable {
    let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) {
      $0.properties.isWhitespace && !isBlank($0)
    }
    for (index, line) in lines.enumerated() {
      guard isHeaderReadable(line) else {
        throw BadLine(line: index + 1, mistake: "the name of a table begins with a letter, a digit, -, _ or a quote")
      }
    }
    var arrays = TOMLArrayScan(text)
    if let line = arrays.lineOfBadValue() {
      throw BadLine(line: line, mistake: "in an array, a value or ] is missing here")
    }
    return try TOMLTable(string: text)
  }

  /// Space within a line, as the library sees it, and what is not seen at all.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .format: true
    default: scalar == "\t"
    }
  }

  /// False for brackets before anything that neither names a table nor ends an array, and for more than two.
  private static func isHeaderReadable(_ line: some Collection<Unicode.Scalar>) -> Bool {
    let text = line.drop(while: isBlank)
    let brackets = text.prefix { $0 == "[" || isBlank($0) }
    guard text.first == "[" else { return true }
    guard let next = text.dropFirst(brackets.count).first, brackets.count(where: { $0 == "[" }) < 3 else {
      return false
    }
    return next.isASCII && (next.properties.isAlphabetic || "0123456789-_\"']".unicodeScalars.contains(next))
  }
}
