/// A colour as the theme wants it; the screen degrades it to what the terminal has.
public enum Colour: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case standard
  /// 0–15 are the terminal's palette (8–15 bright), 16–231 the 6 × 6 × 6 cube, 232–255 greys.
  case indexed(UInt8)
  case rgb(UInt8, UInt8, UInt8)

  /// "#ff8800", "ff8800" or "#f80"; nil for anything else.
  public init?(hex: some StringProtocol) {
    let digits = hex.hasPrefix("#") ? hex.dropFirst() : hex[...]
    let values = digits.compactMap(\.hexDigitValue).map(UInt8.init)
    guard values.count == digits.count else { return nil }
    switch values.count {
    case 3: self = .rgb(values[0] * 17, values[1] * 17, values[2] * 17)
    case 6: self = .rgb(values[0] << 4 | values[1], values[2] << 4 | values[3], values[4] << 4 | values[5])
    default: return nil
    }
  }
}

/// How a cell looks.
///
///     let warning = Style(foreground: .indexed(3), bold: true)
///     let selected = warning.with(background: .rgb(40, 44, 52))
public struct Style: Hashable, Sendable {
  public var foreground: Colour
  public var background: Colour
  public var attributes: Attributes

  public struct Attributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let italic = Attributes(rawValue: 4)
    public static let underline = Attributes(rawValue: 8)
    public static let reverse = Attributes(rawValue: 16)
  }

  public static let plain = Style()

  public init(
    foreground: Colour = .standard, background: Colour = .standard, bold: Bool = false, dim: Bool = false,
    italic: Bool = false, underline: Bool = false, reverse: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    attributes = []
    self.bold = bold
    self.dim = dim
    self.italic = italic
    self.underline = underline
    self.reverse = reverse
  }
}

extension Style {
  public var bold: Bool {
    get { attributes.contains(.bold) }
    set { set(.bold, newValue) }
  }
  public var dim: Bool {
    get { attributes.contains(.dim) }
    set { set(.dim, newValue) }
  }
  public var italic: Bool {
    get { attributes.contains(.italic) }
    set { set(.italic, newValue) }
  }
  public var underline: Bool {
    get { attributes.contains(.underline) }
    set { set(.underline, newValue) }
  }
  public var reverse: Bool {
    get { attributes.contains(.reverse) }
    set { set(.reverse, newValue) }
  }

  private mutating func set(_ attribute: Attributes, _ isOn: Bool) {
    if isOn { attributes.insert(attribute) } else { attributes.remove(attribute) }
  }

  /// The same with some parts replaced or attributes added.
  public func with(
    foreground: Colour? = nil, background: Colour? = nil, adding attributes: Attributes = []
  ) -> Style {
    var style = self
    if let foreground { style.foreground = foreground }
    if let background { style.background = background }
    style.attributes.formUnion(attributes)
    return style
  }
}
