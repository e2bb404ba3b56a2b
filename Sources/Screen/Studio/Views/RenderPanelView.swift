import Catalog
import Foundation
import Rendering
import Terminal

/// The render that runs: moving preview, stage, bar, times, memory; below it what waits.
enum RenderPanelView {
  /// Rows below the preview.
  private static let textRows = 10

  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    guard let watch = state.render.watch ?? state.render.last else {
      canvas.write(canvas.look.say(.nothingRenders), x: area.x, y: area.y + 1, .dim, limit: area.width)
      QueuePreviewView.draw(state, &canvas, area.inset(top: 3))
      return
    }
    var rest = area
    let title = rest.takeTop(1)
    let number = canvas.write("#\(watch.job.id)", x: title.x, y: title.y, .accent)
    canvas.write(
      RenderText.line(watch.job.recipe.prompt), x: title.x + number + 2, y: title.y, .title,
      limit: title.width - number - 2)
    let waiting = min(3, state.queue.waiting.count)
    var below = rest.takeBottom(min(rest.height, textRows + (waiting > 0 ? waiting + 1 : 0)))
    if let failure = watch.job.failure, watch.endedAt != nil {
      FailureView.draw(watch.job, failure, &canvas, rest)
    } else {
      PreviewView.draw(state, watch, &canvas, rest)
    }
    drawProgress(state, watch, &canvas, below.takeTop(3))
    MemoryView.draw(state, watch, &canvas, below.takeTop(6))
    _ = below.takeTop(1)
    QueuePreviewView.draw(state, &canvas, below)
  }

  private static func drawProgress(
    _ state: StudioState, _ watch: RenderWatch, _ canvas: inout Canvas, _ area: Rect
  ) {
    guard area.height >= 3 else { return }
    if watch.endedAt == nil { bar(watch, &canvas, area.row(0)) } else { ending(watch, &canvas, area.row(0)) }
    let look = canvas.look
    let pace = RenderText.pace(watch, look)
    let elapsed = "\(look.say(.elapsed)) \(Numbers.clock(watch.elapsed(state.now)))"
    let left = watch.endedAt == nil ? "\(look.say(.left)) \(Numbers.clock(watch.secondsLeft(state.now)))" : ""
    let sigma = watch.sigma.map { "\(look.signs.sigma) \(Numbers.fixed($0, 2))" } ?? ""
    // Columns of fixed width: numbers change, places do not.
    var x = area.x
    for (text, width) in [(pace, 14), (elapsed, 16), (left, 13), (sigma, 7)] {
      // Whole or not at all: half a number says something else.
      if TextWidth.of(text) <= area.endX - x { canvas.write(text, x: x, y: area.y + 1, .dim, limit: width) }
      x += width
    }
    drawParts(state, watch, &canvas, area.row(2))
  }

  static func bar(_ watch: RenderWatch, _ canvas: inout Canvas, _ row: Rect) {
    let stage = TextWidth.pad(RenderText.stage(watch, canvas.look), to: 10)
    canvas.write(stage, x: row.x, y: row.y, .text)
    canvas.write(RenderText.count(watch), endingAt: row.x + 17, y: row.y)
    let expert = RenderText.expert(watch, canvas.look)
    let width = max(0, row.width - 19 - 12)
    canvas.bar(watch.total > 0 ? Double(watch.done) / Double(watch.total) : nil, x: row.x + 19, y: row.y, width: width)
    canvas.write(expert, x: row.x + 19 + width + 2, y: row.y, .dim, limit: 10)
  }

  private static func ending(_ watch: RenderWatch, _ canvas: inout Canvas, _ row: Rect) {
    let (sign, word, role) = JobText.state(watch.job.state, canvas.look)
    canvas.write("\(sign) \(word)", x: row.x, y: row.y, role)
    if let clip = watch.job.result?.clip {
      canvas.write(clip, x: row.x + 10, y: row.y, .dim, limit: row.width - 10)
    }
  }

  /// "text ✓0.1s  high ✓0.8s  low ▶1.7s  vae ·  mp4 ·"
  private static func drawParts(_ state: StudioState, _ watch: RenderWatch, _ canvas: inout Canvas, _ row: Rect) {
    let signs = canvas.look.signs
    let showsTimes = row.width >= 51
    var x = row.x
    for part in RenderWatch.Part.allCases {
      let name = RenderText.part(part, canvas.look)
      var (text, role) = ("\(name) \(signs.queued)", ThemeRole.dim)
      if let seconds = watch.seconds(part, now: state.now) {
        let isCurrent = watch.current == part
        let time = showsTimes ? Numbers.clock(seconds).filter { $0 != " " } : ""
        text = "\(name) \(isCurrent ? signs.running : signs.done)\(time)"
        role = isCurrent ? .accent : .good
      } else if watch.isOver(part) {
        (text, role) = ("\(name) \(signs.done)", .good)
      } else if watch.endedAt == nil, watch.reached == part {
        (text, role) = ("\(name) \(signs.running)", .accent)
      }
      // Room for "12.3s", so that nothing moves while it counts.
      canvas.write(text, x: x, y: row.y, role, limit: row.endX - x)
      x += TextWidth.of(name) + (showsTimes ? 7 : 4)
    }
  }
}

/// The clip as the model sees it now.
enum PreviewView {
  static func draw(_ state: StudioState, _ watch: RenderWatch, _ canvas: inout Canvas, _ area: Rect) {
    guard area.height >= 3, area.width >= 8 else { return }
    canvas.grid.border(area, canvas.look.border, style: canvas.look[.previewFrame])
    let inside = area.inset(by: 1)
    guard state.options.showsPreview, !watch.preview.isEmpty else {
      let isOff = !state.options.showsPreview
      let text = isOff || watch.endedAt == nil ? canvas.look.say(isOff ? .previewOff : .previewSoon) : ""
      canvas.write(text, x: inside.x + 1, y: inside.y + inside.height / 2, .dim, limit: inside.width - 2)
      return
    }
    let frame = watch.preview[state.render.frame % watch.preview.count]
    let id = 1 + Int(watch.job.id % 100)
    if let picture = Picture(id: id, width: frame.width, height: frame.height, rgb: frame.rgb, area: inside) {
      canvas.grid.pictures.append(picture)
    }
    if state.render.isPreviewPaused {
      // A letter is text where one writes.
      let key = KeyTable.binding(for: .pausePreview, in: state.contexts)?.keyName ?? ""
      let text = " \(canvas.look.say(.previewPaused(key))) "
      canvas.write(text, x: area.x + 2, y: area.endY - 1, .dim, limit: area.width - 4)
    }
  }
}

/// What waits, in a few lines.
enum QueuePreviewView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    for (index, job) in state.queue.waiting.prefix(area.height).enumerated() {
      let row = area.row(index)
      if index == 0 { canvas.write(canvas.look.say(.queue).lowercased(), x: row.x, y: row.y, .fieldLabel) }
      let settings = "\(job.recipe.frameCount)f  \(job.recipe.steps)st"
      canvas.write("#\(job.id)", endingAt: row.x + 14, y: row.y, .dim)
      canvas.write(
        RenderText.line(job.recipe.prompt), x: row.x + 16, y: row.y, .text,
        limit: row.width - 16 - TextWidth.of(settings) - 2)
      canvas.write(settings, endingAt: row.endX, y: row.y, .dim)
    }
  }
}
