/// An area of cells. Sizes are never negative: what does not fit becomes empty.
///
///     var rest = Rect(grid.size)
///     let header = rest.takeTop(1)
///     let footer = rest.takeBottom(1)
///     let (form, panel) = rest.splitLeft(rest.width * 55 / 100)
///     grid.border(panel, .rounded)
///     grid.draw(in: panel.inset(by: 1)) { $0.write("σ 0.61", at: .zero) }
public struct Rect: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  public init(origin: Point = .zero, _ size: Size) {
    self.init(x: origin.x, y: origin.y, width: size.width, height: size.height)
  }

  public var origin: Point { Point(x: x, y: y) }
  public var size: Size { Size(width: width, height: height) }
  public var isEmpty: Bool { width == 0 || height == 0 }
  /// The first column and row that are no longer inside.
  public var endX: Int { x + width }
  public var endY: Int { y + height }
  public var columns: Range<Int> { x..<endX }
  public var rows: Range<Int> { y..<endY }

  public func contains(_ point: Point) -> Bool {
    columns.contains(point.x) && rows.contains(point.y)
  }

  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(x: left, y: top, width: min(endX, other.endX) - left, height: min(endY, other.endY) - top)
  }

  public func offset(by point: Point) -> Rect { Rect(origin: origin + point, size) }
}

// Cutting. The piece asked for is never larger than what there is; the rest is what remains.
extension Rect {
  public func inset(by margin: Int) -> Rect { inset(horizontally: margin, vertically: margin) }

  public func inset(horizontally h: Int = 0, vertically v: Int = 0) -> Rect {
    Rect(x: x + min(h, width / 2), y: y + min(v, height / 2), width: width - 2 * h, height: height - 2 * v)
  }

  public func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
    Rect(
      x: x + min(left, width), y: y + min(top, height), width: width - left - right, height: height - top - bottom)
  }

  public func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
    let rows = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: rows),
      Rect(x: x, y: y + rows, width: width, height: height - rows)
    )
  }

  public func splitBottom(_ rows: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = splitTop(height - min(max(0, rows), height))
    return (rest, bottom)
  }

  public func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
    let columns = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: columns, height: height),
      Rect(x: x + columns, y: y, width: width - columns, height: height)
    )
  }

  public func splitRight(_ columns: Int) -> (rest: Rect, right: Rect) {
    let (rest, right) = splitLeft(width - min(max(0, columns), width))
    return (rest, right)
  }

  public mutating func takeTop(_ rows: Int) -> Rect {
    let (top, rest) = splitTop(rows)
    self = rest
    return top
  }

  public mutating func takeBottom(_ rows: Int) -> Rect {
    let (rest, bottom) = splitBottom(rows)
    self = rest
    return bottom
  }

  public mutating func takeLeft(_ columns: Int) -> Rect {
    let (left, rest) = splitLeft(columns)
    self = rest
    return left
  }

  public mutating func takeRight(_ columns: Int) -> Rect {
    let (rest, right) = splitRight(columns)
    self = rest
    return right
  }

  /// An area of this size in the middle, cut to what fits.
  public func centred(_ size: Size) -> Rect {
    let width = min(size.width, self.width)
    let height = min(size.height, self.height)
    return Rect(x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width, height: height)
  }
}
