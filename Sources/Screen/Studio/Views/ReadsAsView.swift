import Catalog
import Prompting
import Terminal

/// The prompt as the model will read it, and its real length.
enum ReadsAsView {
  static func draw(_ state: StudioState, _ canvas: inout Canvas, _ area: Rect) {
    guard !area.isEmpty else { return }
    let x = area.x + 1 + ComposeLayout.labelWidth
    let width = area.endX - x - 1
    canvas.write(canvas.look.say(.readsAs), x: area.x + 1, y: area.y, .fieldLabel, limit: ComposeLayout.labelWidth - 1)
    let prompt = state.compose.prompt(state.options.language)
    let (count, role) = tokens(state, prompt)
    let last = area.endY - 1
    let text =
      prompt.isEmpty
      ? canvas.look.say(.nothingToRead) : state.compose.isFree ? canvas.look.say(.asItStands) : prompt
    let lines = Wrapping.lines(text, width: width)
    for (index, line) in lines.prefix(area.height).enumerated() {
      let room = area.y + index == last ? width - TextWidth.of(count) - 2 : width
      let isCut = index == area.height - 1 && lines.count > area.height
      canvas.write(isCut ? line + "…" : line, x: x, y: area.y + index, .dim, limit: room)
    }
    canvas.write(count, endingAt: area.endX - 1, y: last, role)
  }

  /// "31 tokens", with the advice it comes against.
  private static func tokens(_ state: StudioState, _ prompt: String) -> (String, ThemeRole) {
    guard !prompt.isEmpty else { return ("", .dim) }
    let look = state.look
    guard let known = state.compose.knownTokens else { return ("\(look.signs.dash) \(look.say(.tokens))", .dim) }
    let count = known.count
    let limits = [TokenAdvice.advise, TokenAdvice.warn, TokenAdvice.limit]
    guard let passed = limits.last(where: { count > $0 }) else { return ("\(count) \(look.say(.tokens))", .dim) }
    let text = "\(look.signs.warning) \(count) \(look.say(.tokens)) > \(passed)"
    return (text, passed == limits[0] ? .hint : passed == limits[1] ? .warn : .bad)
  }
}
