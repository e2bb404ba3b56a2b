/// The signs of the interface, in two sets: a state is always told by a sign or a word, never by colour alone.
public struct Signs: Sendable {
  let done, failed, running, queued, paused, cancelled, warning, advice, favourite, marker, on, off: String
  let full, empty, times, arrow, dash, almost, dice, ellipsis, sigma, dot, rightAngle: String
  /// From nothing to full.
  let levels: [String]

  static let unicode = Signs(
    done: "✓", failed: "✗", running: "▶", queued: "·", paused: "‖", cancelled: "−", warning: "!", advice: "›",
    favourite: "♥", marker: "▌", on: "●", off: "○", full: "█", empty: "░", times: "×", arrow: "→", dash: "—",
    almost: "≈", dice: "⚄", ellipsis: "…", sigma: "σ", dot: "·", rightAngle: "›",
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"])

  static let ascii = Signs(
    done: "+", failed: "x", running: ">", queued: ".", paused: "=", cancelled: "-", warning: "!", advice: "-",
    favourite: "*", marker: ">", on: "*", off: "o", full: "#", empty: "-", times: "x", arrow: "->", dash: "-",
    almost: "~", dice: "#", ellipsis: "...", sigma: "sigma", dot: "|", rightAngle: ">",
    levels: [".", ":", "-", "=", "+", "*", "#", "@"])
}
