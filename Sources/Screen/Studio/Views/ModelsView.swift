import Catalog
import Foundation
import Rendering
import Terminal

/// What was found, where, how large and whether it is whole.
enum ModelsView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    canvas.rule(body.row(0))
    var area = body.inset(top: 1)
    let models = state.models
    guard !models.found.isEmpty else {
      let word: Word = models.isLooking ? .lookingForModels : .noModels
      canvas.write(canvas.look.say(word), x: area.x + 2, y: area.y + 1, .dim, limit: area.width - 3)
      return
    }
    drawDetail(state, &canvas, &area)
    let visible = area.height / 2
    let first = max(0, min(models.selection - visible / 2, models.found.count - visible))
    for (place, model) in models.found.dropFirst(first).prefix(visible).enumerated() {
      let index = first + place
      let rows = Rect(x: area.x, y: area.y + place * 2, width: area.width, height: 2)
      draw(model, isSelected: index == models.selection, state, &canvas, rows)
      canvas.hit(rows, .model(index))
    }
  }

  /// Where the selected model is, and all of what is wrong with it, at the bottom.
  private static func drawDetail(_ state: StudioState, _ canvas: inout Canvas, _ area: inout Rect) {
    guard let model = state.models.selected else { return }
    let places = [model.id.model, model.id.experts?.high, model.id.experts?.low].compactMap { $0 }
    var lines = places.filter { $0.hasPrefix("/") }.map { (text: $0, role: ThemeRole.dim) }
    let width = max(20, area.width - 6)
    switch model.health {
    case .damaged(let why): lines += Wrapping.lines(why, width: width).map { (text: $0, role: .bad) }
    case .changed(let file, _): lines += Wrapping.lines(file, width: width).map { (text: $0, role: .warn) }
    case .sound, .unverified: break
    }
    let shown = lines.prefix(max(0, area.height - 6))
    guard !shown.isEmpty else { return }
    let rest = area.takeBottom(shown.count + 1).inset(left: 4)
    for (index, line) in shown.enumerated() {
      canvas.write(line.text, x: rest.x, y: rest.y + index, line.role, limit: width)
    }
  }

  private static func draw(
    _ model: ModelInfo, isSelected: Bool, _ state: StudioState, _ canvas: inout Canvas, _ rows: Rect
  ) {
    let look = canvas.look
    let isActive = model.id == state.settings.recipe.modelReference
    if isSelected {
      canvas.fill(rows.row(0), .selection)
      canvas.write(look.signs.marker, x: rows.x, y: rows.y, .accent)
    }
    canvas.write(isActive ? look.signs.on : look.signs.off, x: rows.x + 2, y: rows.y, isActive ? .accent : .dim)
    let right =
      "\(model.type)   \(look.say(model.source))   \(TextWidth.pad(Numbers.bytes(model.bytes), to: 10, align: .right))"
    canvas.write(right, endingAt: rows.endX - 2, y: rows.y, .dim)
    canvas.write(
      model.title, x: rows.x + 4, y: rows.y, isSelected ? .selection : .text,
      limit: max(8, rows.width - TextWidth.of(right) - 8))
    let second = rows.row(1).inset(left: 4, right: 2)
    if let check = state.models.check, check.id == model.id {
      draw(check, state, &canvas, second)
    } else {
      draw(model.health, isActive: isActive, state, &canvas, second)
    }
  }

  private static func draw(
    _ health: ModelInfo.Health, isActive: Bool, _ state: StudioState, _ canvas: inout Canvas, _ row: Rect
  ) {
    let look = canvas.look
    func day(_ date: Date) -> String { Numbers.moment(date, now: state.now, state.calendar) }
    let (text, role): (String, ThemeRole) =
      switch health {
      case .sound(let date): ("\(look.signs.done) \(look.say(.sound)) \(day(date))", .good)
      case .unverified: ("\(look.signs.queued) \(look.say(.unverified))", .dim)
      case .changed(let file, let since):
        ("\(look.signs.warning) \(look.say(.changedSince)) \(day(since)): \(file)", .warn)
      case .damaged(let why): ("\(look.signs.failed) \(why)", .bad)
      }
    let end = isActive ? " \(look.signs.dot) \(look.say(.active))" : ""
    let taken = canvas.write(text, x: row.x, y: row.y, role, limit: row.width - TextWidth.of(end))
    canvas.write(end, x: row.x + taken, y: row.y, .accent)
  }

  /// "verifying 3.10 GiB / 28.60 GiB ███░░░░░░ 812 MiB/s".
  private static func draw(_ check: ModelCheck, _ state: StudioState, _ canvas: inout Canvas, _ row: Rect) {
    let look = canvas.look
    let total = check.bytesTotal
    let count = total > 0 ? "\(Numbers.bytes(check.bytesDone)) / \(Numbers.bytes(total))" : ""
    let left = "\(look.signs.running) \(look.say(.verifying)) \(count) "
    let rate = check.rate(state.now).map { " \(Numbers.bytes(Int($0)))/s" } ?? ""
    let taken = canvas.write(left, x: row.x, y: row.y, .text, limit: row.width)
    let bar = min(40, row.width - taken - TextWidth.of(rate))
    guard bar >= 8 else { return }
    canvas.bar(
      total > 0 ? Double(check.bytesDone) / Double(total) : nil, x: row.x + taken, y: row.y, width: bar)
    canvas.write(rate, x: row.x + taken + bar, y: row.y, .dim)
  }
}
