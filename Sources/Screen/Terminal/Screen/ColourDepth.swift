/// How many colours a terminal has.
public enum ColourDepth: Int, Sendable, Hashable, Comparable, CaseIterable {
  case none, eight, sixteen, indexed, direct

  public static func < (a: ColourDepth, b: ColourDepth) -> Bool { a.rawValue < b.rawValue }

  /// The nearest colour that can be shown.
  public func reduce(_ colour: Colour) -> Colour {
    switch (self, colour) {
    case (_, .standard), (.direct, _), (.indexed, .indexed): colour
    case (.none, _): .standard
    case (.indexed, .rgb(let r, let g, let b)): .indexed(Palette.nearest(RGB(r, g, b), in: .indexed))
    case (.eight, .indexed(let index)) where index < 16: .indexed(index & 7)
    case (.sixteen, .indexed(let index)) where index < 16: colour
    case (_, .indexed(let index)): .indexed(Palette.nearest(Palette.rgb[Int(index)], in: self))
    case (_, .rgb(let r, let g, let b)): .indexed(Palette.nearest(RGB(r, g, b), in: self))
    }
  }

  /// The nearest style that can be shown and read: two colours that became one are told apart again, and what
  /// brightness said is said by an attribute.
  public func reduce(_ style: Style) -> Style {
    var reduced = style
    reduced.foreground = reduce(style.foreground)
    reduced.background = reduce(style.background)
    if self == .eight, case .indexed(let index) = style.foreground, (8..<16).contains(index) {
      reduced.bold = index > 8
      if index == 8 {
        reduced.foreground = .standard
        reduced.dim = true
      }
    }
    if self > .none, reduced.foreground == reduced.background, style.foreground != style.background,
      case .indexed(let index) = reduced.background
    {
      reduced.foreground = .indexed(Palette.rgb[Int(index)].luminance < 128 ? 7 : 0)
    }
    return reduced
  }
}
