import Catalog
import Rendering
import Terminal

/// The render panel on a small screen: three lines, with a small preview where there is room.
enum RenderStripView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    guard area.height >= 4 else { return }
    canvas.rule(area.row(0))
    guard let watch = state.render.watch ?? state.render.last else {
      canvas.write(canvas.look.say(.nothingRenders), x: area.x + 1, y: area.y + 1, .dim, limit: area.width - 2)
      return
    }
    var text = area.inset(left: 1, top: 1, right: 1)
    if state.options.showsPreview, !watch.preview.isEmpty, area.width >= 70 {
      let box = text.takeLeft(11)
      text = text.inset(left: 1)
      let frame = watch.preview[state.render.frame % watch.preview.count]
      let id = 1 + Int(watch.job.id % 100)
      if let picture = Picture(id: id, width: frame.width, height: frame.height, rgb: frame.rgb, area: box) {
        canvas.grid.pictures.append(picture)
      }
    }
    let number = canvas.write("#\(watch.job.id)", x: text.x, y: text.y, .accent)
    canvas.write(
      RenderText.line(watch.job.recipe.prompt), x: text.x + number + 1, y: text.y, .title,
      limit: text.width - number - 1)
    if watch.endedAt == nil {
      RenderPanelView.bar(watch, &canvas, text.row(1))
    } else {
      let (sign, word, role) = JobText.state(watch.job.state, canvas.look)
      canvas.write(
        "\(sign) \(watch.job.failure?.sentence ?? word)", x: text.x, y: text.y + 1, role, limit: text.width)
    }
    drawLast(state, watch, &canvas, text.row(2))
  }

  private static func drawLast(_ state: StudioState, _ watch: RenderWatch, _ canvas: inout Canvas, _ row: Rect) {
    let look = canvas.look
    let elapsed = "\(look.say(.elapsed)) \(Numbers.time(watch.elapsed(state.now)))"
    let left = watch.endedAt == nil ? "\(look.say(.left)) \(Numbers.time(watch.secondsLeft(state.now)))" : ""
    canvas.write(elapsed, x: row.x, y: row.y, .dim)
    canvas.write(left, x: row.x + 19, y: row.y, .dim)
    let bytes = state.render.memory.latest?.engineBytes.map { Numbers.bytes($0) } ?? look.signs.dash
    let memory = "\(look.say(.memory)) \(bytes)"
    canvas.write(memory, endingAt: row.endX, y: row.y, .dim)
  }
}
