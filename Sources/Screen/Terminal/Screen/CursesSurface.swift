import CNCurses

/// Shows grids with curses: only cells that changed are handed over, and curses sends only what it must.
struct CursesSurface {
  let depth: ColourDepth
  private(set) var size: Size
  private var glyphs: GlyphForm
  private var pairs: ColourPairs
  private var shown: [Shown]
  private var cursor: Point?
  /// Everything must be sent again, whatever curses believes to be on the screen.
  private var isStale = true

  private struct Shown: Equatable {
    var cell: Cell
    var colours: ColourPairs.Key
  }

  init(size: Size, depth: ColourDepth, isUnicode: Bool, pairs: Int) {
    self.size = size
    self.depth = depth
    glyphs = GlyphForm(isUnicode: isUnicode)
    self.pairs = ColourPairs(limit: pairs)
    shown = Self.blank(size)
  }

  private static func blank(_ size: Size) -> [Shown] {
    let nothing = Shown(cell: .blank, colours: ColourPairs.Key(foreground: -1, background: -1))
    return Array(repeating: nothing, count: size.width * size.height)
  }

  mutating func resize(to size: Size) {
    for cell in shown { pairs.release(cell.colours) }
    self.size = size
    cn_resize(Int32(size.height), Int32(size.width))
    cn_clear()
    shown = Self.blank(size)
    isStale = true
  }

  mutating func markStale() { isStale = true }

  /// Hands over what changed; returns how many cells, nil if there is nothing to send at all.
  mutating func put(_ grid: Grid) -> Int? {
    let area = Rect(size)
    var changed = 0
    for y in area.rows {
      for x in area.columns {
        let cell = grid[Point(x: x, y: y)]
        if shown[y * size.width + x].cell != cell {
          show(cell, at: Point(x: x, y: y))
          changed += 1
        }
      }
    }
    let cursor = grid.cursor.flatMap { area.contains($0) ? $0 : nil }
    let moved = cursor != self.cursor
    self.cursor = cursor
    return isStale || changed > 0 || moved ? changed : nil
  }

  mutating func send() {
    cn_cursor(Int32(cursor?.y ?? 0), Int32(cursor?.x ?? 0), cursor == nil ? 0 : 1)
    cn_refresh(isStale ? 1 : 0)
    isStale = false
  }

  private mutating func show(_ cell: Cell, at point: Point) {
    let index = point.y * size.width + point.x
    let style = depth.reduce(cell.style)
    let key = ColourPairs.Key(foreground: Self.number(style.foreground), background: Self.number(style.background))
    pairs.release(shown[index].colours)
    let pair = pairs.take(key)
    shown[index] = Shown(cell: cell, colours: key)
    guard !cell.isRightHalf else { return }
    var x = point.x
    // A grid that is larger than the screen may end in half of a wide character.
    let isTorn = x + 1 == size.width && TextWidth.of(cell.text) == 2
    for piece in glyphs.pieces(of: isTorn ? " " : cell.text) {
      cn_put(Int32(point.y), Int32(x), piece + [0], Int32(style.attributes.rawValue), pair)
      x += piece.first.map { max(1, Int(cn_width(UInt32(bitPattern: $0)))) } ?? 1
    }
  }

  /// As ``DirectTerminfo`` counts: the palette, then 24 bits.
  private static func number(_ colour: Colour) -> Int32 {
    switch colour {
    case .standard: -1
    case .indexed(let index): Int32(index)
    case .rgb(let r, let g, let b): 256 + (Int32(r) << 16 | Int32(g) << 8 | Int32(b))
    }
  }
}
