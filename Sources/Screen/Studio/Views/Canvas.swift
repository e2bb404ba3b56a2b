import Catalog
import Terminal

/// What a view draws into: cells, places to click, and how things look.
struct Canvas {
  var grid: Grid
  var hits: [Hit] = []
  let look: Look

  init(_ size: Size, _ look: Look) {
    grid = Grid(size, style: look[.text])
    self.look = look
  }

  /// Writes one line, cut to a width with "…"; returns the columns it took.
  @discardableResult
  mutating func write(_ text: String, x: Int, y: Int, _ role: ThemeRole = .text, limit: Int = .max) -> Int {
    let limit = min(limit, grid.size.width - x)
    guard limit > 0, y >= 0, y < grid.size.height else { return 0 }
    return grid.write(text, at: Point(x: x, y: y), style: look[role], limit: limit, ellipsis: true)
  }

  /// Writes one line that ends before a column.
  mutating func write(_ text: String, endingAt x: Int, y: Int, _ role: ThemeRole = .text) {
    write(text, x: x - TextWidth.of(text), y: y, role)
  }

  mutating func fill(_ area: Rect, _ role: ThemeRole) { grid.fill(area, style: look[role]) }

  mutating func hit(_ area: Rect, _ target: Hit.Target) { hits.append(Hit(area: area, target: target)) }

  /// A bar of full and empty cells; a fraction of nil is unknown and stays empty.
  mutating func bar(_ fraction: Double?, x: Int, y: Int, width: Int) {
    guard width > 0 else { return }
    let full = min(width, max(0, Int(((fraction ?? 0) * Double(width)).rounded(.down))))
    grid.write(String(repeating: look.signs.full, count: full), at: Point(x: x, y: y), style: look[.bar])
    grid.write(
      String(repeating: look.signs.empty, count: width - full), at: Point(x: x + full, y: y), style: look[.barTrack])
  }

  /// The last values as a row of levels, newest at the right.
  mutating func graph(_ values: [Double?], top: Double, x: Int, y: Int, width: Int, _ role: ThemeRole) {
    guard width > 0, top > 0 else { return }
    let levels = look.signs.levels
    let shown = values.suffix(width).map { value -> String in
      guard let value else { return " " }
      return levels[min(levels.count - 1, max(0, Int(value / top * Double(levels.count - 1) + 0.5)))]
    }
    let padding = String(repeating: " ", count: max(0, width - shown.count))
    grid.write(padding + shown.joined(), at: Point(x: x, y: y), style: look[role])
  }
}

/// A place on the screen that a click means something on.
struct Hit {
  enum Target {
    case action(Action)
    case field(ComposeState.Focus)
    case setting(SettingField)
    case job(Int)
    case queued(Int)
    case model(Int)
    case menu(Int)
    /// Covers what is below.
    case nothing
  }
  var area: Rect
  var target: Target
}

extension Rect {
  /// Row `index` of the area.
  func row(_ index: Int) -> Rect { Rect(x: x, y: y + index, width: width, height: index < height ? 1 : 0) }
}
