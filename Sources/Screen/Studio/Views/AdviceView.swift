import Catalog
import Prompting
import Terminal

/// Which slots are filled, and what could be better, each with the key that does it.
enum AdviceView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    guard !area.isEmpty else { return }
    var rest = area.inset(left: 1, right: 1)
    if !state.compose.isFree, !state.compose.isBlank, rest.height >= 4 { drawTicks(state, &canvas, rest.takeTop(1)) }
    if state.compose.isFree {
      let split = KeyTable.binding(for: .splitText, in: [.compose])
      canvas.write(
        "\(canvas.look.signs.advice) \(split?.keyName ?? ""): \(canvas.look.say(split?.title ?? Bilingual("", "")))",
        x: rest.x, y: rest.takeTop(1).y, .hint, limit: rest.width)
    }
    var number = 1
    for hint in state.compose.hints {
      let lines = Wrapping.lines(hint.message[state.options.language], width: rest.width - 2)
      let keys = keys(hint, from: number, state)
      guard rest.height >= lines.count + (hint.fixes.isEmpty ? 0 : 1) else { return }
      let (sign, role) = sign(hint, canvas.look)
      for (index, line) in lines.enumerated() {
        let row = rest.takeTop(1)
        if index == 0 { canvas.write(sign, x: row.x, y: row.y, role) }
        canvas.write(line, x: row.x + 2, y: row.y, role, limit: row.width - 2)
      }
      number += hint.fixes.count
      if hint.fixes.isEmpty { continue }
      let row = rest.takeTop(1)
      if keys.isEmpty {
        canvas.write(canvas.look.say(.keysLater), x: row.x + 2, y: row.y, .dim, limit: row.width - 2)
      } else {
        drawKeys(keys, &canvas, row)
      }
    }
  }

  private static func drawTicks(_ state: StudioState, _ canvas: inout Canvas, _ row: Rect) {
    var x = row.x
    for slot in Slot.positive {
      let isFilled = !state.compose.slots.isBlank(slot)
      let sign = isFilled ? canvas.look.signs.done : canvas.look.signs.queued
      x +=
        canvas.write(
          "\(sign) \(slot.name[state.options.language])", x: x, y: row.y, isFilled ? .good : .dim, limit: row.endX - x)
        + 2
    }
  }

  private static func sign(_ hint: Hint, _ look: Look) -> (String, ThemeRole) {
    switch hint.severity {
    case .advice: (look.signs.advice, .hint)
    case .warning: (look.signs.warning, .warn)
    case .refusal: (look.signs.failed, .bad)
    }
  }

  private static func keys(_ hint: Hint, from number: Int, _ state: StudioState) -> [(String, String)] {
    hint.fixes.enumerated().compactMap { index, fix in
      number + index <= 3 ? ("Alt-\(number + index)", fix.label[state.options.language]) : nil
    }
  }

  private static func drawKeys(_ keys: [(String, String)], _ canvas: inout Canvas, _ row: Rect) {
    var x = row.x + 2
    for (key, label) in keys {
      x += canvas.write(key, x: x, y: row.y, .key, limit: row.endX - x) + 1
      x += canvas.write(label, x: x, y: row.y, .text, limit: row.endX - x) + 3
    }
  }
}
