import Catalog
import Terminal

/// The log of one job, its newest lines at the bottom; long lines go on below.
enum LogView {
  static func draw(_ page: LogPage, _ canvas: inout Canvas, _ body: Rect) {
    let title = "\(canvas.look.say(.log)) #\(page.job)"
    let inside = canvas.dialog(Size(width: body.width - 4, height: body.height - 2), title: title, in: body)
    var row = inside.endY - 1
    for line in page.lines.dropLast(page.scroll).reversed() {
      let parts = Wrapping.lines(line, width: inside.width)
      for part in parts.reversed() {
        guard row >= inside.y else { return }
        canvas.write(part, x: inside.x, y: row, role(line), limit: inside.width)
        row -= 1
      }
    }
  }

  /// Time, level, text.
  private static func role(_ line: String) -> ThemeRole {
    switch line.split(separator: " ", maxSplits: 2).dropFirst().first {
    case "error": .bad
    case "warning": .warn
    default: .dialog
    }
  }
}
