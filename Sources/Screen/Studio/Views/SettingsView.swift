import Catalog
import Prompting
import Rendering
import Terminal

/// The settings in fixed columns, so that nothing jumps, and the plan below.
enum SettingsView {
  static let columns = 3
  private static let labelWidths = [9, 7, 10]

  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    PlanView.draw(state, &canvas, area.row(area.height - 1).inset(left: 1, right: 1))
    guard area.height >= ComposeLayout.settingsHeight else { return }
    canvas.rule(area.row(0), title: canvas.look.say(.settings))
    var rest = area.inset(left: 1, top: 1, right: 1, bottom: 1)
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

/// What the settings need: memory of each phase against what is free, time from past renders, disk.
enum PlanView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ row: Rect) {
    let look = canvas.look
    guard let report = state.settings.plan else {
      canvas.write("\(look.say(.plan))  \(look.signs.dash)", x: row.x, y: row.y, .dim, limit: row.width)
      return
    }
    let (verdict, role) = verdict(report, state)
    if case .impossible = report.verdict {
      canvas.write(verdict, x: row.x, y: row.y, role, limit: row.width)
      return
    }
    // The verdict is always whole; the numbers give way.
    let room = row.width - TextWidth.of(verdict) - 2
    let free = report.availableBytes.map { " \(look.say(.of)) \(Numbers.bytes($0)) \(look.say(.free))" } ?? ""
    let (phases, peak) = (phases(report, look), peak(report, look))
    let numbers = [phases + free, phases, peak + free, peak, ""].map { memory in
      [look.say(.plan), memory, time(report, state), disk(report, look)].filter { !$0.isEmpty }.joined(separator: "  ")
    }
    let text = numbers.first { TextWidth.of($0) <= room } ?? look.say(.plan)
    canvas.write(text, x: row.x, y: row.y, .dim, limit: room)
    canvas.write(verdict, endingAt: row.endX, y: row.y, role)
  }

  private static func peak(_ report: PlanReport, _ look: Look) -> String {
    report.plan.map { "\(look.say(.peak)) \(Numbers.bytes($0.peakAnonymousBytes))" } ?? ""
  }

  private static func phases(_ report: PlanReport, _ look: Look) -> String {
    guard let plan = report.plan else { return "" }
    let names: [Component: Word] = [.textEncoder: .text, .highNoiseExpert: .high, .lowNoiseExpert: .low, .vae: .vae]
    let parts = plan.phases.map { phase in
      "\(names[phase.component].map(look.say) ?? "") \(Numbers.short(gibibytes: phase.anonymousBytes))"
    }
    return parts.joined(separator: " \(look.signs.dot) ") + " GiB"
  }

  private static func time(_ report: PlanReport, _ state: StudioState) -> String {
    let seconds = report.seconds(state.settings.recipe)
    return "\(state.look.signs.almost) \(Numbers.time(seconds))"
  }

  /// Only when it is short: then it matters.
  private static func disk(_ report: PlanReport, _ look: Look) -> String {
    guard let free = report.freeDiskBytes, free < 1 << 30 else { return "" }
    return "\(look.say(.disk)) \(Numbers.bytes(free))"
  }

  private static func verdict(_ report: PlanReport, _ state: StudioState) -> (String, ThemeRole) {
    let look = state.look
    switch report.verdict {
    case .fits: return ("\(look.signs.done) \(look.say(.fits))", .good)
    case .tooLarge(let proposals):
      let options = proposals.compactMap { proposal($0, look) }
      let text = options.isEmpty ? "" : ": " + options.joined(separator: ", ") + " " + look.say(.fits)
      return ("\(look.signs.failed) \(look.say(.needs))\(text)", .bad)
    case .impossible(let error): return ("\(look.signs.failed) \(error.sentence)", .bad)
    }
  }

  /// nil for what no setting of the studio changes.
  private static func proposal(_ proposal: PlanProposal, _ look: Look) -> String? {
    switch proposal.change {
    case .memory, .quantised: nil
    case .precision(let precision): precision.rawValue
    case .frames(let count): "\(count) \(look.say(.frames))"
    case .size(let width, let height): "\(width)\(look.signs.times)\(height)"
    }
  }
}
