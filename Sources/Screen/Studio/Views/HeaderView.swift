import Catalog
import Foundation
import Terminal

/// The first line: screens, model, what is going on.
enum HeaderView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    let end = drawRight(state, &canvas, area)
    var x = area.x + 1
    if area.width >= 76 { x += canvas.write("moviola", x: x, y: area.y, .accent) + 3 }
    for tab in tabs(state) {
      let isActive = tab.screen == state.screen
      guard x + TextWidth.of(tab.key) + 1 + TextWidth.of(tab.title) <= end else { break }
      let start = x
      x += canvas.write(tab.key, x: x, y: area.y, .key) + 1
      x += canvas.write(tab.title, x: x, y: area.y, isActive ? .tabActive : .tab)
      canvas.hit(Rect(x: start, y: area.y, width: x - start, height: 1), .action(tab.action))
      x += area.width >= 100 ? 3 : 2
    }
    let model = SettingField.model.text(state.settings.recipe)
    if end - x > TextWidth.of(model) { canvas.write(model, endingAt: end, y: area.y, .dim) }
  }

  private static func tabs(
    _ state: StudioState
  ) -> [(screen: StudioState.Screen, key: String, title: String, action: Action)] {
    let look = state.look
    let isNarrow = state.size.width < 76
    let total = isNarrow ? "" : state.history.total.map { " \($0)" } ?? ""
    let waiting = isNarrow || state.queue.jobs.isEmpty ? "" : " \(state.queue.jobs.count)"
    return [
      (.compose, "F2", look.say(.compose), .showCompose),
      (.history, "F3", look.say(.history) + total, .showHistory),
      (.queue, "F4", look.say(.queue) + waiting, .showQueue),
      (.models, "F5", look.say(.models), .showModels),
    ]
  }

  /// - Returns: where the room to its left ends.
  private static func drawRight(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) -> Int {
    let look = canvas.look
    var end = area.endX - 1
    // The clock runs while something renders; a screen on which nothing moves would show the wrong time.
    if let watch = state.render.watch {
      if area.width >= 100 {
        canvas.write(Numbers.moment(state.now, now: state.now, state.calendar), endingAt: end, y: area.y, .dim)
        end -= 8
      }
      let text = "\(look.signs.on) \(area.width < 76 ? RenderText.count(watch) : RenderText.short(watch, look))"
      canvas.write(text, endingAt: end, y: area.y, .accent)
      end -= TextWidth.of(text) + 3
    } else {
      let text = "\(look.signs.off) \(look.say(.idle))"
      canvas.write(text, endingAt: end, y: area.y, .dim)
      end -= TextWidth.of(text) + 3
    }
    return end
  }
}

/// The last line: a sentence if there is one, else the keys that matter here.
enum KeyLineView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    if let notice = state.notice {
      let (sign, role): (String, ThemeRole) =
        switch notice.kind {
        case .good: (canvas.look.signs.done, .good)
        case .plain: (canvas.look.signs.advice, .text)
        case .bad: (canvas.look.signs.warning, .bad)
        }
      let text = canvas.look.say(notice.text).split(whereSeparator: \.isNewline).joined(separator: " ")
      canvas.write("\(sign) \(text)", x: area.x + 1, y: area.y, role, limit: area.width - 2)
      return
    }
    let hints = state.layers.isEmpty && state.screen == .compose ? hintCount(state) : ""
    canvas.write(hints, endingAt: area.endX - 1, y: area.y, .hint)
    let end = area.endX - 2 - TextWidth.of(hints)
    var x = area.x + 1
    for binding in bindings(state) {
      guard let line = binding.line else { continue }
      let title = canvas.look.say(line.title)
      let width = TextWidth.of(binding.keyName) + 1 + TextWidth.of(title)
      guard x + width <= end else { break }
      let start = x
      x += canvas.write(binding.keyName, x: x, y: area.y, .key) + 1
      x += canvas.write(title, x: x, y: area.y, .dim)
      canvas.hit(Rect(x: start, y: area.y, width: width, height: 1), .action(binding.action))
      x += 3
    }
  }

  static func bindings(_ state: StudioState) -> [KeyBinding] {
    state.contexts.flatMap { context in KeyTable.all.filter { $0.context == context && $0.line != nil } }
      .sorted { ($0.line?.order ?? 0) < ($1.line?.order ?? 0) }
  }

  private static func hintCount(_ state: StudioState) -> String {
    let count = state.compose.hints.count
    guard count > 0 else { return "" }
    return "\(count) \(state.look.say(count == 1 ? .hint : .hints))"
  }
}
