import Catalog
import Prompting
import Rendering
import Terminal

/// The settings in fixed columns, so that nothing jumps, and the plan below.
enum SettingsView {
  static let columns = 3
  private static let labelWidths = [9, 7, 10]

  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    guard area.height >= ComposeLayout.valuesHeight else { return }
    canvas.rule(area.row(0), title: canvas.look.say(.settings))
    var rest = area.inset(left: 1, top: 1, right: 1)
    let unit = rest.width
    for (column, labelWidth) in labelWidths.enumerated() {
      let cells =
        column == columns - 1 ? rest : rest.takeLeft(unit * (labelWidth + 12) / (labelWidths.reduce(0, +) + 36))
      for (row, index) in stride(from: column, to: SettingField.allCases.count, by: columns).enumerated() {
        draw(SettingField.allCases[index], state, &canvas, cells.row(row), labelWidth)
      }
    }
  }

  private static func draw(
    _ field: SettingField, _ state: StudioState, _ canvas: inout Canvas, _ cell: Rect, _ labelWidth: Int
  ) {
    let isFocused = state.compose.focus == .settings && state.settings.field == field
    canvas.write(field.title[state.options.language], x: cell.x, y: cell.y, isFocused ? .accent : .fieldLabel)
    let value = cell.inset(left: labelWidth, right: 1)
    canvas.hit(cell, .setting(field))
    if isFocused, let entry = state.settings.entry {
      canvas.editor(entry, in: value, wraps: false, isFocused: state.layers.isEmpty, role: .fieldFocus)
      return
    }
    let isOwn = field.text(state.settings.recipe) == field.text(state.settings.defaults)
    if isFocused { canvas.fill(value, .selection) }
    canvas.write(
      text(field, state), x: value.x, y: value.y, isFocused ? .selection : isOwn ? .text : .accent, limit: value.width)
  }

  private static func text(_ field: SettingField, _ state: StudioState) -> String {
    guard field == .seed else { return field.text(state.settings.recipe) }
    let look = state.look
    return state.settings.hasRandomSeed ? "\(look.signs.dice) \(look.say(.random))" : field.text(state.settings.recipe)
  }
}
