import Catalog
import Prompting
import Rendering
import Terminal

/// What the settings need: memory of each phase against what is free, time from past renders, disk.
enum PlanView {
  /// Nobody reads more than that.
  static let mostRows = 4

  /// How many rows it takes: one, but for a verdict that is longer.
  static func rows(_ state: StudioState, width: Int, most: Int) -> Int {
    max(1, min(most, mostRows, longVerdict(state, width: width)?.lines.count ?? 1))
  }

  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    let look = canvas.look
    let row = area.row(0)
    if let (lines, role) = longVerdict(state, width: area.width) {
      for (index, line) in lines.prefix(area.height).enumerated() {
        let isCut = index == area.height - 1 && lines.count > area.height
        canvas.write(
          isCut ? line + look.signs.ellipsis : line, x: row.x, y: area.y + index, role, limit: row.width)
      }
      return
    }
    guard !state.settings.isPlanLate(state.now) else {
      let text = "\(look.say(.plan))  \(look.say(.beingPlanned))\(look.signs.ellipsis)"
      canvas.write(text, x: row.x, y: row.y, .dim, limit: row.width)
      return
    }
    guard let report = state.settings.plan else {
      canvas.write("\(look.say(.plan))  \(look.signs.dash)", x: row.x, y: row.y, .dim, limit: row.width)
      return
    }
    let (verdict, role) = verdict(report, state)
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

  /// What cannot be rendered, or a verdict that is too long for the end of a line: wrapped, so that its end, which says
  /// what would do, is read.
  private static func longVerdict(_ state: StudioState, width: Int) -> (lines: [String], role: ThemeRole)? {
    guard let report = state.settings.plan, !state.settings.isPlanLate(state.now) else { return nil }
    let (text, role) = verdict(report, state)
    if case .impossible = report.verdict { return (Wrapping.lines(text, width: width), role) }
    let room = width - TextWidth.of(state.look.say(.plan)) - 2
    return TextWidth.of(text) > room ? (Wrapping.lines(text, width: width), role) : nil
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
