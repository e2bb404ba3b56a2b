import CNCurses

extension TerminalScreen {
  /// What is known by now. Pictures are decided when the terminal has answered.
  public var report: TerminalReport {
    TerminalReport(
      size: size, cellSize: device.size.cell, colours: surface.depth, isUnicode: probe.isUnicode,
      pictures: probe.pictures.form, isTmux: surroundings.isTmux, facts: facts)
  }

  /// Opens the screen for as long as the terminal takes to answer (half a second at most) and closes it again.
  public static func examine(options: ScreenOptions = ScreenOptions()) throws(TerminalError) -> TerminalReport {
    let screen = try TerminalScreen(options: options)
    defer { screen.close() }
    let deadline = ContinuousClock.now + .milliseconds(500)
    while ContinuousClock.now < deadline, !screen.isExamined { _ = screen.wait(until: deadline) }
    return screen.report
  }

  /// Nothing more is to be expected. (tmux answers for itself at once, what is outside of it later.)
  private var isExamined: Bool {
    if probe.questions.isEmpty || probe.pictures.form == .kitty { return true }
    return probe.isAnswered && !surroundings.isTmux
  }

  private var facts: [TerminalReport.Fact] {
    let colours = surroundings.depth(
      colours: Int(cn_what().colours), isDirect: entry.terminfo != nil, wanted: options.colours)
    let pictures = probe.pictures
    return [
      .init(name: "terminal", value: probe.terminalName ?? surroundings.term, why: description),
      .init(name: "size", value: "\(size.width)×\(size.height)", why: cellDescription),
      .init(name: "characters", value: probe.isUnicode ? "UTF-8" : "ASCII", why: characterReason),
      .init(name: "colours", value: surface.depth.name, why: colours.why),
      .init(name: "pictures", value: pictures.form.rawValue, why: pictures.why),
      .init(name: "mouse", value: options.mouse ? "on" : "off", why: options.mouse ? "default" : "asked for"),
    ]
  }

  private var description: String {
    let tmux = surroundings.isTmux ? "in tmux, " : ""
    if entry.terminfo != nil { return "\(tmux)TERM=\(surroundings.term), described by moviola for 24-bit colours" }
    if entry.name == surroundings.term { return "\(tmux)TERM=\(surroundings.term)" }
    return "\(tmux)TERM=\(surroundings.term) has no terminfo here, taken for \(entry.name)"
  }

  private var cellDescription: String {
    device.size.cell.map { "cells of \($0.width)×\($0.height) pixels" } ?? "the terminal does not tell its pixels"
  }

  private var characterReason: String {
    if options.ascii { return "asked for" }
    return locale.isUTF8 ? "locale \(locale.name)" : "locale \(locale.name) is not UTF-8, and C.UTF-8 does not exist"
  }
}
