import Catalog
import Rendering
import Terminal

/// What runs and what waits, in the order in which it will run.
enum QueueView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    canvas.rule(body.row(0))
    var area = body.inset(top: 1)
    if ComposeLayout.isWide(state.size) {
      let (list, panel) = area.splitLeft(body.width * 54 / 100)
      canvas.divider(x: list.endX, from: body.y, to: body.endY)
      RenderPanelView.draw(state, &canvas, panel.inset(left: 3, right: 1))
      area = list
    }
    guard !state.queue.jobs.isEmpty else {
      canvas.write(canvas.look.say(.emptyQueue), x: area.x + 2, y: area.y + 1, .dim, limit: area.width - 3)
      return
    }
    let first = max(0, min(state.queue.selection - area.height / 2, state.queue.jobs.count - area.height))
    for (offset, job) in state.queue.jobs[first...].prefix(area.height).enumerated() {
      let row = area.row(offset)
      draw(job, isSelected: first + offset == state.queue.selection, state, &canvas, row)
      canvas.hit(row, .queued(first + offset))
    }
  }

  private static func draw(
    _ job: Job, isSelected: Bool, _ state: StudioState, _ canvas: inout Canvas, _ row: Rect
  ) {
    let look = canvas.look
    let (sign, word, role) = JobText.state(job.state, look)
    if isSelected {
      canvas.fill(row, .selection)
      canvas.write(look.signs.marker, x: row.x, y: row.y, .accent)
    }
    let number = "#\(job.id)"
    // Beside the number, so that the prompt keeps its room.
    let room = 19 - TextWidth.of(number)
    let watch = job.state == .running ? state.render.watch.flatMap { $0.job.id == job.id ? $0 : nil } : nil
    let told = watch.map { [RenderText.progress($0, look), RenderText.count($0)] } ?? []
    let text = (told + [word]).first { !$0.isEmpty && TextWidth.of($0) + 2 <= room } ?? word
    canvas.write("\(sign) \(text)", x: row.x + 2, y: row.y, role, limit: room)
    canvas.write(number, endingAt: row.x + 22, y: row.y, .dim)
    let recipe = job.recipe
    var right = "\(JobText.size(recipe, look))  \(TextWidth.pad("\(recipe.frameCount)f", to: 5, align: .right))"
    right += TextWidth.pad("\(recipe.steps)st", to: 6, align: .right)
    canvas.write(right, endingAt: row.endX - 2, y: row.y, .dim)
    canvas.write(
      RenderText.line(recipe.prompt), x: row.x + 24, y: row.y, isSelected ? .selection : .text,
      limit: row.width - 28 - TextWidth.of(right))
  }
}
