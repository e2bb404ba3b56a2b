public import TOMLKit

/// Reads TOML after a look at its table headers: the parser's library stops the program on one like `[=]`.
public enum CheckedTOML {
  /// A header whose name begins with what no name begins with.
  public struct BadHeader: Error, CustomStringConvertible {
    public let line: Int
    public var description: String {
      "line \(line): the name of a table begins with a letter, a digit, -, _ or a quote"
    }
  }

  /// - Throws: ``BadHeader``, `TOMLParseError`
  public static func table(_ text: String) throws -> TOMLTable {
    let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) {
      $0.properties.isWhitespace && !isBlank($0)
    }
    for (index, line) in lines.enumerated() {
      guard isHeaderReadable(line) else { throw BadHeader(line: index + 1) }
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
