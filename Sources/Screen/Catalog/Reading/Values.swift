import Prompting

extension Bilingual {
  /// A text for both languages, a pair ["en", "zh"], or { en = "…", zh = "…" }.
  init?(_ value: TOMLNode) {
    switch value {
    case .string(let both): self.init(both, both)
    case .array(let pair):
      guard pair.count == 2, let en = pair[0].string, let zh = pair[1].string else { return nil }
      self.init(en, zh)
    case .table(let table):
      guard let either = table["en"]?.string ?? table["zh"]?.string else { return nil }
      self.init(table["en"]?.string ?? either, table["zh"]?.string ?? either)
    default: return nil
    }
  }
}

extension ThemeColour {
  /// "#rrggbb", a name, or a number from 0 to 255.
  init?(_ value: TOMLNode) {
    switch value {
    case .integer(let number):
      guard let index = UInt8(exactly: number) else { return nil }
      self = .index(index)
    case .string(let text):
      guard let colour = Self.hexadecimal(text) ?? Self.named(text) else { return nil }
      self = colour
    default: return nil
    }
  }

  private static func hexadecimal(_ text: String) -> ThemeColour? {
    let digits = text.dropFirst()
    guard text.hasPrefix("#"), digits.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
    else { return nil }
    return .rgb(
      red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
      blue: UInt8(truncatingIfNeeded: value))
  }

  private static func named(_ name: String) -> ThemeColour? {
    if name == "default" { return .terminalDefault }
    let isBright = name.hasPrefix("bright-")
    guard let index = names.firstIndex(of: isBright ? String(name.dropFirst(7)) : name) else { return nil }
    return .index(UInt8(isBright ? index + 8 : index))
  }

  private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
}

extension ThemeAttributes {
  init?(named name: String) {
    switch name {
    case "bold": self = .bold
    case "dim": self = .dim
    case "italic": self = .italic
    case "underline": self = .underline
    case "reverse": self = .reverse
    default: return nil
    }
  }
}
