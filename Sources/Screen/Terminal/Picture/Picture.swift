/// A small picture for an area of the screen: shown with half-blocks, or by a graphics protocol.
///
///     grid.pictures.append(Picture(id: 1, width: 160, height: 96, rgb: frame.rgb, area: panel))
public struct Picture: Hashable, Sendable {
  /// What is shown, not which frame of it: a new frame of the same clip keeps its id. 1 to 200.
  public var id: Int
  public var width: Int
  public var height: Int
  /// RGB24, rows from the top, no padding: `width * height * 3` bytes.
  public var rgb: [UInt8]
  /// The picture is fitted into this area, in the middle, with its proportions kept.
  public var area: Rect

  /// Nil if the bytes are not those of a picture of this size.
  public init?(id: Int, width: Int, height: Int, rgb: [UInt8], area: Rect) {
    guard width > 0, height > 0, rgb.count == width * height * 3 else { return nil }
    self.id = id
    self.width = width
    self.height = height
    self.rgb = rgb
    self.area = area
  }

  func offset(by point: Point) -> Picture {
    var copy = self
    copy.area = area.offset(by: point)
    return copy
  }
}
