import Catalog
import Prompting
import Terminal

/// What lies over the screen.
enum LayerView {
  static func draw(_ layer: Layer, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    switch layer {
    case .help(let menu): HelpView.draw(menu, state, &canvas, body)
    case .palette(let menu): PaletteView.draw(menu, state, &canvas, body)
    case .words(let menu): WordsView.draw(menu, state, &canvas, body)
    case .templates(let menu): TemplatesView.draw(menu, state, &canvas, body)
    case .question(let question): QuestionView.draw(question, state, &canvas, body)
    case .input(let line): InputLineView.draw(line, state, &canvas, body)
    case .welcome: WelcomeView.draw(state, &canvas, body)
    case .batch(let sheet): ContactSheetView.draw(sheet, state, &canvas, body)
    case .log(let page): LogView.draw(page, &canvas, body)
    }
  }
}

extension Canvas {
  /// A box in the middle that covers what is below, pictures too; returns its inside.
  mutating func dialog(_ size: Size, title: String, in body: Rect) -> Rect {
    let width = min(size.width, body.width - 2)
    let height = min(size.height, body.height)
    let area = Rect(
      x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width: width, height: height)
    grid.pictures.removeAll { !$0.area.intersection(area).isEmpty }
    grid.cursor = nil
    fill(area, .dialog)
    grid.border(area, look.border, style: look[.border], title: title, titleStyle: look[.title])
    hit(body, .nothing)
    return area.inset(horizontally: 2, vertically: 1)
  }

  /// A menu: a line to filter by, then what is left; returns the rows and the index of the first.
  mutating func menu(
    _ menu: Menu, count: Int, title: String, size: Size, in body: Rect
  ) -> (rows: Rect, first: Int) {
    var inside = dialog(size, title: title, in: body)
    let filter = inside.takeTop(1)
    _ = inside.takeTop(1)
    let place = count == 0 ? "0" : "\(min(menu.selection, count - 1) + 1) \(look.say(.of)) \(count)"
    write(place, endingAt: filter.endX, y: filter.y, .dim)
    let box = filter.inset(right: TextWidth.of(place) + 2)
    editor(menu.filter, in: box, wraps: false, isFocused: true, role: .menu)
    if menu.filter.isEmpty { write(look.say(.typeToFilter), x: box.x + 1, y: box.y, .ghost, limit: box.width - 1) }
    let first = max(0, min(menu.selection - inside.height / 2, count - inside.height))
    return (inside, first)
  }

  /// One line of a menu; returns the role for its text.
  mutating func menuRow(_ row: Rect, index: Int, isSelected: Bool) -> ThemeRole {
    if isSelected {
      fill(row, .menuSelection)
      write(look.signs.marker, x: row.x - 1, y: row.y, .accent)
    }
    hit(row, .menu(index))
    return isSelected ? .menuSelection : .menu
  }
}
