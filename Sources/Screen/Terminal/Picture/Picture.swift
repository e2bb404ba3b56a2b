/// A small picture for an area of the screen: shown with half-blocks, or by a graphics protocol.
///
///     if let picture = Picture(id: 1, width: 160, height: 96, rgb: frame.rgb, area: panel) {
///       grid.show(picture)
///     }
public struct Picture: Hashable, Sendable {
  /// What is shown, not which frame of it: a new frame of the same clip keeps its id.
  public var id: Int
  public var width: Int
  public var height: Int
  /// RGB24, rows from the top, no padding: `width * height * 3` bytes.
  public var rgb: [UInt8]
  /// The picture is fitted into this area, in the middle, with its proportions kept.
  public var area: Rect
  /// Shown only where its marker is still in the grid: what is drawn later covers it.
  var isMarked = false

  /// What stands in the grid for a picture; nothing that people write.
  static let marker = "\u{10EEEE}"

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

extension Grid {
  /// Puts a picture here; what is drawn later, a menu for example, covers it.
  public mutating func show(_ picture: Picture) {
    fill(picture.area, with: Character(Picture.marker), style: self[picture.area.origin].style)
    var picture = picture
    picture.isMarked = true
    pictures.append(picture)
  }

  /// The cells of a picture, where they belong.
  mutating func drawPicture(_ cells: Grid, at origin: Point, onlyWhereMarked: Bool) {
    for y in 0..<cells.size.height {
      for x in 0..<cells.size.width {
        let point = origin + Point(x: x, y: y)
        guard !onlyWhereMarked || self[point].text == Picture.marker else { continue }
        let cell = cells[Point(x: x, y: y)]
        put(cell.text, columns: 1, at: point, style: cell.style)
      }
    }
  }

  /// What no picture has covered is empty.
  mutating func removeMarkers(in rect: Rect) {
    let area = rect.intersection(bounds)
    for y in area.rows {
      for x in area.columns where self[Point(x: x, y: y)].text == Picture.marker {
        put(" ", columns: 1, at: Point(x: x, y: y), style: self[Point(x: x, y: y)].style)
      }
    }
  }
}
