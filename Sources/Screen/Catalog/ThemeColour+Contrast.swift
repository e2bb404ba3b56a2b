import Foundation

extension ThemeColour {
  /// WCAG's contrast ratio, from 1 to 21; nil where the terminal's own palette decides.
  public func contrast(with other: ThemeColour) -> Double? {
    guard let a = luminance, let b = other.luminance else { return nil }
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  private var luminance: Double? {
    guard let (red, green, blue) = components else { return nil }
    return 0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
  }

  private static func linear(_ component: UInt8) -> Double {
    let value = Double(component) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  /// xterm's cube and greys are the same everywhere; the first sixteen are not.
  private var components: (UInt8, UInt8, UInt8)? {
    switch self {
    case .rgb(let red, let green, let blue): (red, green, blue)
    case .terminalDefault, .index(..<16): nil
    case .index(let index) where index >= 232: Self.grey(index)
    case .index(let index): Self.cube(index)
    }
  }

  private static func grey(_ index: UInt8) -> (UInt8, UInt8, UInt8) {
    let value = 8 + 10 * (index - 232)
    return (value, value, value)
  }

  private static func cube(_ index: UInt8) -> (UInt8, UInt8, UInt8) {
    let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
    let place = Int(index) - 16
    return (levels[place / 36], levels[place / 6 % 6], levels[place % 6])
  }
}
