/// One column of one row.
public struct Cell: Hashable, Sendable {
  /// One grapheme cluster; empty in the right half of a wide one.
  public var text: String
  public var style: Style

  public static let blank = Cell(" ")

  public init(_ text: String, style: Style = .plain) {
    self.text = text
    self.style = style
  }

  public var isRightHalf: Bool { text.isEmpty }
}
