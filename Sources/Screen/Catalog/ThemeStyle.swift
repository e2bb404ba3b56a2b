/// How a role looks. What is nil is taken from the role it builds on.
public struct ThemeStyle: Hashable, Sendable {
  public var foreground: ThemeColour?
  public var background: ThemeColour?
  public var attributes: ThemeAttributes?

  public init(
    foreground: ThemeColour? = nil, background: ThemeColour? = nil, attributes: ThemeAttributes? = nil
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  func completed(by base: ThemeStyle) -> ThemeStyle {
    ThemeStyle(
      foreground: foreground ?? base.foreground, background: background ?? base.background,
      attributes: attributes ?? base.attributes)
  }
}

public enum ThemeColour: Hashable, Sendable {
  case rgb(red: UInt8, green: UInt8, blue: UInt8)
  /// 0–15: the terminal's own palette; 16–255: xterm's cube and greys.
  case index(UInt8)
  /// Whatever the terminal shows without a colour.
  case terminalDefault
}

public struct ThemeAttributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let bold = ThemeAttributes(rawValue: 1)
  public static let dim = ThemeAttributes(rawValue: 2)
  public static let italic = ThemeAttributes(rawValue: 4)
  public static let underline = ThemeAttributes(rawValue: 8)
  public static let reverse = ThemeAttributes(rawValue: 16)
}
