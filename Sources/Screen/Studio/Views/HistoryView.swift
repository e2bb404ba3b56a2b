import Catalog
import Rendering
import Terminal

/// Every job, newest first, and the selected one in full.
enum HistoryView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    var rest = body
    drawFilter(state, &canvas, rest.takeTop(1))
    let rule = rest.takeTop(1)
    canvas.rule(rule)
    if let problem = state.history.filter.problems.first {
      canvas.write(" \(canvas.look.signs.warning) \(problem.message) ", x: 2, y: rule.y, .warn, limit: rule.width - 4)
    }
    let isWide = body.width >= 100
    if state.history.isDetailZoomed {
      JobDetailView.draw(state, &canvas, rest.inset(horizontally: 2))
    } else if isWide {
      let (list, detail) = rest.splitLeft(rest.width * 53 / 100)
      drawList(state, &canvas, list)
      canvas.divider(x: list.endX, from: rule.y, to: body.endY)
      JobDetailView.draw(state, &canvas, detail.inset(left: 3, right: 1))
    } else {
      let (list, detail) = rest.splitTop(max(4, rest.height - 8))
      drawList(state, &canvas, list)
      canvas.rule(detail.row(0))
      JobDetailView.draw(state, &canvas, detail.inset(left: 2, top: 1, right: 2))
    }
  }

  private static func drawFilter(_ state: StudioState, _ canvas: inout Canvas, _ row: Rect) {
    let look = canvas.look
    let history = state.history
    let count = [
      history.matching.map(String.init) ?? look.signs.dash, history.total.map(String.init) ?? look.signs.dash,
    ]
    .joined(separator: " \(look.say(.of)) ")
    let right = "\(count) \(look.signs.dot) \(JobText.sort(history.sort, look))"
    canvas.write(right, endingAt: row.endX - 1, y: row.y, .dim)
    let box = Rect(x: row.x + 3, y: row.y, width: row.width - TextWidth.of(right) - 6, height: 1)
    canvas.write("/", x: row.x + 1, y: row.y, history.isFiltering ? .accent : .dim)
    if history.isFiltering || !history.filterText.isEmpty {
      canvas.editor(
        history.filterText, in: box, wraps: false, isFocused: history.isFiltering && state.layers.isEmpty, role: .field)
    } else {
      canvas.write(look.say(.filter), x: box.x, y: row.y, .ghost, limit: box.width)
    }
    canvas.hit(box, .action(.filter))
  }

  private static func drawList(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    let history = state.history
    guard !history.jobs.isEmpty else {
      let word: Word = history.filterText.isEmpty ? .noJobs : .noMatch
      if !history.isLoading {
        canvas.write(canvas.look.say(word), x: area.x + 2, y: area.y + 1, .dim, limit: area.width - 3)
      }
      return
    }
    let first = max(0, min(history.selection - area.height / 2, history.jobs.count - area.height))
    for (offset, job) in history.jobs[first...].prefix(area.height).enumerated() {
      let index = first + offset
      draw(job, isSelected: index == history.selection, state, &canvas, area.row(offset))
      canvas.hit(area.row(offset), .job(index))
    }
  }

  private static func draw(
    _ job: Job, isSelected: Bool, _ state: StudioState, _ canvas: inout Canvas, _ row: Rect
  ) {
    let look = canvas.look
    let (sign, _, role) = JobText.state(job.state, look)
    if isSelected {
      canvas.fill(row, .selection)
      canvas.write(look.signs.marker, x: row.x, y: row.y, .accent)
    }
    let text: ThemeRole = isSelected ? .selection : .text
    canvas.write(sign, x: row.x + 1, y: row.y, role)
    if state.history.marked?.id == job.id { canvas.write("=", x: row.x + 2, y: row.y, .match) }
    canvas.write(Numbers.moment(job.createdAt, now: state.now, state.calendar), endingAt: row.x + 14, y: row.y, .dim)
    let right = details(job, row.width, look)
    canvas.write(right, endingAt: row.endX - 1, y: row.y, .dim)
    let heart = job.isFavourite ? "\(look.signs.favourite) " : ""
    canvas.write(
      heart + RenderText.line(job.recipe.prompt), x: row.x + 16, y: row.y, text,
      limit: row.width - 18 - TextWidth.of(right))
  }

  private static func details(_ job: Job, _ width: Int, _ look: Look) -> String {
    let outcome = TextWidth.pad(JobText.outcome(job), to: 7, align: .right)
    guard width >= 60 else { return outcome }
    let frames = TextWidth.pad("\(job.recipe.frameCount)f", to: 4, align: .right)
    return "\(TextWidth.pad(JobText.size(job.recipe, look), to: 8, align: .right)) \(frames) \(outcome)"
  }
}
