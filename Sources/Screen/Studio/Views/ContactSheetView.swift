import Catalog
import Rendering
import Terminal

/// Variations side by side, each with what is its own.
enum ContactSheetView {
  private static let cell = Size(width: 27, height: 9)

  static func draw(_ sheet: ContactSheet, _ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    let jobs = sheet.batch.jobs
    let columns = max(1, min(min(4, jobs.count), (body.width - 6) / cell.width))
    let rows = (jobs.count + columns - 1) / columns
    let title = "\(canvas.look.say(.contactSheet)) \(sheet.batch.id)"
    let inside = canvas.dialog(
      Size(width: columns * cell.width + 4, height: rows * cell.height + 2), title: title, in: body)
    let visible = max(1, inside.height / cell.height)
    let first = max(0, min(sheet.selection / columns - visible + 1, rows - visible)) * columns
    for (place, index) in jobs.indices.dropFirst(first).prefix(visible * columns).enumerated() {
      let box = Rect(
        x: inside.x + place % columns * cell.width, y: inside.y + place / columns * cell.height,
        width: min(cell.width - 1, inside.width), height: min(cell.height, inside.height))
      draw(jobs[index], label(index, sheet), isSelected: index == sheet.selection, sheet, state, &canvas, box)
    }
  }

  private static func label(_ index: Int, _ sheet: ContactSheet) -> String {
    let labels = sheet.batch.variations.labels
    return labels.indices.contains(index) && labels.count == sheet.batch.jobs.count ? labels[index] : ""
  }

  private static func draw(
    _ job: Job, _ label: String, isSelected: Bool, _ sheet: ContactSheet, _ state: StudioState,
    _ canvas: inout Canvas, _ area: Rect
  ) {
    let look = canvas.look
    let (sign, word, role) = JobText.state(job.state, look)
    let (picture, text) = area.inset(bottom: 1).splitBottom(1)
    if isSelected {
      canvas.fill(text, .menuSelection)
      canvas.write(look.signs.marker, x: text.x, y: text.y, .accent)
    }
    let heart = job.isFavourite ? " \(look.signs.favourite)" : ""
    canvas.write(sign, x: text.x + 1, y: text.y, role)
    canvas.write(
      "#\(job.id) \(label)\(heart)", x: text.x + 3, y: text.y, isSelected ? .menuSelection : .menu,
      limit: text.width - 3)
    guard state.options.showsPreview, let frames = state.history.thumbnails[job.id]?.frames, !frames.isEmpty,
      let frame = Optional(frames[sheet.framesPlayed % frames.count]),
      let shown = Picture(
        id: 101 + Int(job.id % 100), width: frame.width, height: frame.height, rgb: frame.rgb, area: picture)
    else {
      canvas.write(word, x: picture.x + 1, y: picture.y + picture.height / 2, .dim, limit: picture.width - 1)
      return
    }
    canvas.grid.pictures.append(shown)
  }
}
