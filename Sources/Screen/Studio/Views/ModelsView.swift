import Catalog
import Rendering
import Terminal

/// What was found, where, how large and whether it is whole.
enum ModelsView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    canvas.rule(body.row(0))
    let area = body.inset(top: 1)
    let models = state.models
    guard !models.found.isEmpty else {
      let word: Word = models.isLooking ? .lookingForModels : .noModels
      canvas.write(canvas.look.say(word), x: area.x + 2, y: area.y + 1, .dim, limit: area.width - 3)
      return
    }
    let visible = area.height / 2
    let first = max(0, min(models.selection - visible / 2, models.found.count - visible))
    for (place, model) in models.found.dropFirst(first).prefix(visible).enumerated() {
      let index = first + place
      let rows = Rect(x: area.x, y: area.y + place * 2, width: area.width, height: 2)
      draw(model, isSelected: index == models.selection, state, &canvas, rows)
      canvas.hit(rows, .model(index))
    }
  }

  private static func draw(
    _ model: ModelInfo, isSelected: Bool, _ state: StudioState, _ canvas: inout Canvas, _ rows: Rect
  ) {
    let look = canvas.look
    let isActive = model.id == state.settings.recipe.model
    if isSelected {
      canvas.fill(rows.row(0), .selection)
      canvas.write(look.signs.marker, x: rows.x, y: rows.y, .accent)
    }
    canvas.write(isActive ? look.signs.on : look.signs.off, x: rows.x + 2, y: rows.y, isActive ? .accent : .dim)
    canvas.write(model.title, x: rows.x + 4, y: rows.y, isSelected ? .selection : .text, limit: rows.width / 2 - 5)
    let right =
      "\(model.type)   \(look.say(model.source))   \(TextWidth.pad(Numbers.bytes(model.bytes), to: 10, align: .right))"
    canvas.write(right, endingAt: rows.endX - 2, y: rows.y, .dim)
    switch model.health {
    case .healthy:
      let text =
        "\(look.signs.done) \(look.say(.healthy))" + (isActive ? " \(look.signs.dot) \(look.say(.active))" : "")
      canvas.write(text, x: rows.x + 4, y: rows.y + 1, .good, limit: rows.width - 6)
    case .damaged(let why):
      canvas.write("\(look.signs.failed) \(why)", x: rows.x + 4, y: rows.y + 1, .bad, limit: rows.width - 6)
    }
  }
}
