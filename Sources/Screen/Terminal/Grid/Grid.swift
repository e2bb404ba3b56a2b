/// A screenful of cells as a value: views draw into it, tests compare it, the screen shows it.
///
///     var grid = Grid(Size(width: 80, height: 24))
///     grid.border(Rect(grid.size), .rounded, title: "history")
///     grid.write("一颗红色的星星", at: Point(x: 2, y: 1), style: Style(bold: true), limit: 10, ellipsis: true)
///     grid.cursor = Point(x: 2, y: 3)
///     #expect(grid.text == golden)
public struct Grid: Hashable, Sendable {
  public let size: Size
  /// Row by row.
  public private(set) var cells: [Cell]
  /// Where the terminal's cursor stands (input methods open there); nil hides it.
  public var cursor: Point?
  /// Pictures over the cells, newest on top.
  public var pictures: [Picture] = []

  public init(_ size: Size, style: Style = .plain) {
    self.size = Size(width: max(0, size.width), height: max(0, size.height))
    cells = Array(repeating: Cell(" ", style: style), count: self.size.width * self.size.height)
  }

  public var bounds: Rect { Rect(size) }

  /// A blank cell outside of the grid.
  public subscript(_ point: Point) -> Cell {
    bounds.contains(point) ? cells[point.y * size.width + point.x] : .blank
  }
}

extension Grid {
  /// Puts a cluster of one or two columns at a place, whole or not at all; a wide one that it tears in half
  /// becomes a space.
  public mutating func put(_ text: String, columns: Int, at point: Point, style: Style = .plain) {
    guard point.x >= 0, point.y >= 0, point.y < size.height, point.x + columns <= size.width else { return }
    let first = point.y * size.width + point.x
    mendLeft(of: first, column: point.x)
    mendRight(of: first + columns - 1, column: point.x + columns - 1)
    cells[first] = Cell(text, style: style)
    if columns == 2 { cells[first + 1] = Cell("", style: style) }
  }

  /// The cell here is about to change: if it is a right half, its left half cannot stay.
  private mutating func mendLeft(of index: Int, column: Int) {
    if column > 0, cells[index].isRightHalf { cells[index - 1].text = " " }
  }

  /// If the next cell is the right half of this one, it cannot stay.
  private mutating func mendRight(of index: Int, column: Int) {
    if column + 1 < size.width, cells[index + 1].isRightHalf { cells[index + 1].text = " " }
  }

  public mutating func fill(_ rect: Rect, with character: Character = " ", style: Style = .plain) {
    let area = rect.intersection(bounds)
    let columns = max(1, TextWidth.of(character))
    for y in area.rows {
      for x in stride(from: area.x, through: area.endX - columns, by: columns) {
        put(String(character), columns: columns, at: Point(x: x, y: y), style: style)
      }
    }
  }

  /// Changes how an area looks and leaves its text: selections, dimmed backgrounds.
  public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let area = rect.intersection(bounds)
    for y in area.rows {
      for x in area.columns { change(&cells[y * size.width + x].style) }
    }
  }
}

// Grids in grids.
extension Grid {
  /// Draws into an area with its own coordinates; nothing reaches outside. The area shows what was there before.
  public mutating func draw(in rect: Rect, _ body: (inout Grid) -> Void) {
    guard !rect.isEmpty else { return }
    var part = copy(rect)
    body(&part)
    draw(part, at: rect.origin)
  }

  public func copy(_ rect: Rect) -> Grid {
    var part = Grid(rect.size)
    let area = rect.intersection(bounds)
    for y in area.rows {
      for x in area.columns {
        part.cells[(y - rect.y) * rect.width + x - rect.x] = cells[y * size.width + x]
      }
      part.mendEdges(row: y - rect.y)
    }
    return part
  }

  /// A wide character cut by the edge of an area is shown as a space.
  private mutating func mendEdges(row: Int) {
    let start = row * size.width
    if cells[start].isRightHalf { cells[start].text = " " }
    let last = start + size.width - 1
    if TextWidth.of(cells[last].text) == 2 { cells[last].text = " " }
  }

  /// Copies a grid here, with its cursor (if it has one) and its pictures.
  public mutating func draw(_ other: Grid, at origin: Point) {
    let area = Rect(origin: origin, other.size).intersection(bounds)
    for y in area.rows {
      for x in area.columns {
        let index = (y - origin.y) * other.size.width + x - origin.x
        let cell = other.cells[index]
        guard !cell.isRightHalf else { continue }
        let isWide = x - origin.x + 1 < other.size.width && other.cells[index + 1].isRightHalf
        put(cell.text, columns: isWide ? 2 : 1, at: Point(x: x, y: y), style: cell.style)
      }
    }
    if let cursor = other.cursor { self.cursor = cursor + origin }
    pictures += other.pictures.map { $0.offset(by: origin) }
  }
}

extension Grid {
  /// What can be read, one line a row, without spaces at the ends of lines; "░" where a picture is.
  public var text: String {
    (0..<size.height).map { y in
      var line = cells[y * size.width..<(y + 1) * size.width].map { $0.text == Picture.marker ? "░" : $0.text }
        .joined()[...]
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
