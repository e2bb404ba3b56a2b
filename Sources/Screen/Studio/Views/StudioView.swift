import Catalog
import Prompting
import Rendering
public import Terminal

/// The whole screen, drawn from the state. The same state gives the same cells.
///
///     let grid = StudioView.draw(state).grid
public enum StudioView {
  public struct Painting {
    public var grid: Grid
    var hits: [Hit]
  }

  static let smallest = Size(width: 60, height: 16)

  public static func draw(_ state: StudioState) -> Painting {
    var canvas = Canvas(state.size, state.look)
    guard !state.isTooSmall else {
      TooSmallView.draw(state, &canvas)
      return Painting(grid: canvas.grid, hits: [])
    }
    var body = Rect(state.size)
    HeaderView.draw(state, &canvas, body.takeTop(1))
    KeyLineView.draw(state, &canvas, body.takeBottom(1))
    drawScreen(state, &canvas, body)
    for layer in state.layers { LayerView.draw(layer, state, &canvas, body) }
    return Painting(grid: canvas.grid, hits: canvas.hits)
  }

  private static func drawScreen(_ state: StudioState, _ canvas: inout Canvas, _ body: Rect) {
    if state.isZoomed {
      canvas.rule(body.row(0))
      RenderPanelView.draw(state, &canvas, body.inset(left: 2, top: 1, right: 2))
      return
    }
    switch state.screen {
    case .compose: ComposeView.draw(state, &canvas)
    case .history: HistoryView.draw(state, &canvas, body)
    case .queue: QueueView.draw(state, &canvas, body)
    case .models: ModelsView.draw(state, &canvas, body)
    }
  }
}

extension Canvas {
  /// A line from edge to edge, with a title in it.
  mutating func rule(_ area: Rect, title: String = "") {
    grid.line(from: area.origin, columns: area.width, look.border, style: look[.border])
    if !title.isEmpty { write(" \(title) ", x: area.x + 1, y: area.y, .title, limit: area.width - 2) }
  }

  /// The line between two columns, joined to the rule above it.
  mutating func divider(x: Int, from top: Int, to bottom: Int) {
    grid.line(from: Point(x: x, y: top), rows: bottom - top, look.border, style: look[.border])
    grid.put(String(look.border.teeTop), columns: 1, at: Point(x: x, y: top), style: look[.border])
  }
}

/// Too few cells: what there is and what it takes, or the question that waits for its answer.
enum TooSmallView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas) {
    let question = question(state)
    for (index, line) in (question ?? needs(state)).enumerated() { canvas.write(line, x: 0, y: index) }
    guard question == nil, let watch = state.render.watch, state.size.height > 2 else { return }
    canvas.write("#\(watch.job.id) \(RenderText.progress(watch, state.look))", x: 0, y: 2, .dim)
  }

  private static func needs(_ state: StudioState) -> [String] {
    let (size, need) = (state.size, StudioView.smallest)
    return state.options.language == .zh
      ? ["现为 \(size.width)×\(size.height)", "至少需要 \(need.width)×\(need.height)"]
      : ["This is \(size.width)×\(size.height);", "moviola needs \(need.width)×\(need.height)."]
  }

  /// Whole, or not at all: nobody answers what cannot be read.
  static func question(_ state: StudioState) -> [String]? {
    guard case .question(let question) = state.layers.last else { return nil }
    let keys = "y \(state.look.say(.yes))   n \(state.look.say(.no))"
    let lines = Wrapping.lines(state.look.say(question.text), width: state.size.width) + [keys]
    return lines.count <= state.size.height && TextWidth.of(keys) <= state.size.width ? lines : nil
  }
}
