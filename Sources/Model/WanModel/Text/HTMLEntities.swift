/// Resolves HTML character references such as `&amp;`, `&#39;` and `&#x2019;`.
enum HTMLEntities {
  /// Name → characters, for names that end with a semicolon.
  private static let named = parse { _ in true }
  /// Names that browsers understand without a semicolon too.
  private static let bare = parse { $0 }

  private static func parse(_ isWanted: (_ isBare: Bool) -> Bool) -> [String: String] {
    var table: [String: String] = [:]
    for entry in HTMLEntityTable.text.split(whereSeparator: \.isWhitespace) {
      let parts = entry.split(separator: "=")
      guard parts.count == 2 else { continue }
      let codes = parts[0].split(separator: "+").compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
      let value = String(String.UnicodeScalarView(codes))
      for name in parts[1].split(separator: ",") where isWanted(name.hasSuffix("!")) {
        table[String(name.hasSuffix("!") ? name.dropLast() : name)] = value
      }
    }
    return table
  }

  /// Names of lower case whose upper case is no name of its own: text that was put into capitals has those.
  private static let shouted = Dictionary(
    uniqueKeysWithValues: named.compactMap { name, value -> (String, String)? in
      let upper = name.uppercased()
      guard name == name.lowercased(), upper != name, named[upper] == nil, !startsWithBareName(upper) else {
        return nil
      }
      return (upper, value.uppercased())
    })

  private static func startsWithBareName(_ name: String) -> Bool {
    (2...max(2, name.count)).contains { bare[String(name.prefix($0))] != nil }
  }

  private static let longestName = 32

  /// As browsers do it (and Python's `html.unescape`): names without semicolon count too, the longest one wins.
  static func unescape(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    replace(in: text) { text, start in
      numeric(text, start, needsSemicolon: false) ?? lenientlyNamed(text, start)
    }
  }

  /// Only references that end with a semicolon; also names in capitals, such as `&EACUTE;`.
  static func unescapeStrictly(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    replace(in: text) { text, start in
      numeric(text, start, needsSemicolon: true) ?? strictlyNamed(text, start)
    }
  }

  private typealias Match = (characters: [Unicode.Scalar], end: Int)

  /// `match` looks at the place behind an ampersand.
  private static func replace(in text: [Unicode.Scalar], _ match: ([Unicode.Scalar], Int) -> Match?)
    -> [Unicode.Scalar]
  {
    guard var ampersand = text.firstIndex(of: "&") else { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var start = 0
    while true {
      if let (characters, end) = match(text, ampersand + 1) {
        result += text[start..<ampersand] + characters
        start = end
      }
      guard let next = text[max(start, ampersand + 1)...].firstIndex(of: "&") else { break }
      ampersand = next
    }
    return result + text[start...]
  }

  private static func strictlyNamed(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
    let name = name(text, start, limit: 24) { $0.isASCII && ($0.properties.isAlphabetic || $0.isDigit) }
    guard let end = semicolon(text, start + name.count), !name.isEmpty else { return nil }
    guard let value = named[string(name)] ?? shouted[string(name)] else { return nil }
    return (Array(value.unicodeScalars), end)
  }

  private static func lenientlyNamed(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
    let name = name(text, start, limit: longestName) { !"\t\n\u{c} <&#;".unicodeScalars.contains($0) }
    if let end = semicolon(text, start + name.count), let value = named[string(name)] {
      return (Array(value.unicodeScalars), end)
    }
    for count in stride(from: name.count, to: 1, by: -1) {
      if let value = bare[string(name.prefix(count))] { return (Array(value.unicodeScalars), start + count) }
    }
    return nil
  }

  private static func name(
    _ text: [Unicode.Scalar], _ start: Int, limit: Int, _ belongs: (Unicode.Scalar) -> Bool
  ) -> ArraySlice<Unicode.Scalar> {
    text[start...].prefix(limit).prefix(while: belongs)
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  /// The place behind a semicolon at `index`.
  private static func semicolon(_ text: [Unicode.Scalar], _ index: Int) -> Int? {
    index < text.count && text[index] == ";" ? index + 1 : nil
  }

  /// `#39;` or `#x27;`.
  private static func numeric(_ text: [Unicode.Scalar], _ start: Int, needsSemicolon: Bool) -> Match? {
    guard start < text.count, text[start] == "#" else { return nil }
    let isHexadecimal = start + 1 < text.count && (text[start + 1] == "x" || text[start + 1] == "X")
    let first = start + (isHexadecimal ? 2 : 1)
    let digits = text[min(first, text.count)...].prefix { isHexadecimal ? $0.hexDigit != nil : $0.isDigit }
    guard !digits.isEmpty else { return nil }
    let end = semicolon(text, digits.endIndex)
    guard !needsSemicolon || end != nil && digits.endIndex - start <= 24 else { return nil }
    var code: UInt32 = 0
    for digit in digits { code = min(code * (isHexadecimal ? 16 : 10) + (digit.hexDigit ?? 0), 0x110000) }
    return (character(code), end ?? digits.endIndex)
  }

  /// What browsers make of a number: 128 to 159 are meant as Windows-1252, impossible ones become U+FFFD, and
  /// control characters and noncharacters nothing.
  private static func character(_ code: UInt32) -> [Unicode.Scalar] {
    if code == 0 { return ["\u{FFFD}"] }
    if let byte = UInt8(exactly: code), (0x80...0x9F).contains(byte) { return [Windows1252.character(byte)] }
    guard let scalar = Unicode.Scalar(code) else { return ["\u{FFFD}"] }
    let isControl = code < 9 || code == 0xB || (0xE...0x1F).contains(code) || code == 0x7F
    return isControl || scalar.properties.isNoncharacterCodePoint ? [] : [scalar]
  }
}

extension Unicode.Scalar {
  var isDigit: Bool { ("0"..."9").contains(self) }

  fileprivate var hexDigit: UInt32? {
    switch self {
    case "0"..."9": value - 0x30
    case "a"..."f": value - 0x57
    case "A"..."F": value - 0x37
    default: nil
    }
  }
}
