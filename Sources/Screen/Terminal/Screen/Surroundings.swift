import Foundation

/// What the environment says about the terminal.
struct Surroundings: Equatable {
  var term = ""
  var colorterm = ""
  var noColor = false
  var isTmux = false
  /// A terminal that draws Unicode placeholders left its mark, perhaps outside of tmux.
  var hasPlaceholderMark = false

  init() {}

  init(_ variable: (String) -> String?) {
    func isSet(_ name: String) -> Bool { !(variable(name) ?? "").isEmpty }
    term = variable("TERM") ?? ""
    colorterm = variable("COLORTERM") ?? ""
    noColor = isSet("NO_COLOR")
    isTmux = isSet("TMUX")
    hasPlaceholderMark =
      isSet("KITTY_WINDOW_ID") || isSet("GHOSTTY_RESOURCES_DIR") || ["xterm-kitty", "xterm-ghostty"].contains(term)
  }

  static var current: Surroundings { Surroundings { getenv($0).map { String(cString: $0) } } }

  /// Understands private modes and swallows questions it does not know.
  var isXtermLike: Bool {
    let families = [
      "xterm", "tmux", "screen", "alacritty", "foot", "rxvt", "konsole", "vte", "gnome", "wezterm", "contour", "rio",
      "iterm", "st-", "kitty", "ghostty", "putty", "mintty",
    ]
    return families.contains { term.hasPrefix($0) } || term == "st"
  }

  var claimsDirectColour: Bool {
    guard isXtermLike else { return false }
    let direct = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "rio"]
    return ["truecolor", "24bit"].contains(colorterm) || term.hasSuffix("-direct")
      || direct.contains { term.hasPrefix($0) }
  }

  /// A terminfo entry to try.
  struct Candidate: Equatable {
    var name: String
    /// The entry itself, if it is ours.
    var terminfo: String?
  }

  /// Best first. Something in the end of the list is on every system; our own entry needs no file at all.
  func candidates(colours: ColourDepth?) -> [Candidate] {
    let own = Candidate(name: DirectTerminfo.name, terminfo: DirectTerminfo.compiled)
    let wantsDirect = colours.map { $0 == .direct } ?? (claimsDirectColour && !noColor)
    var names = term.isEmpty ? [] : [term]
    if term.hasPrefix("tmux") || term.hasPrefix("screen") { names += ["screen-256color", "screen"] }
    if !term.hasPrefix("vt") { names += ["xterm-256color", "xterm"] }
    names += ["vt100", "linux", "ansi"]
    var seen: Set<String> = []
    let known = names.filter { seen.insert($0).inserted }.map { Candidate(name: $0) }
    return (wantsDirect ? [own] : []) + known + (wantsDirect ? [] : [own])
  }

  func depth(colours terminfo: Int, isDirect: Bool, wanted: ColourDepth?) -> (depth: ColourDepth, why: String) {
    let available: ColourDepth =
      switch terminfo {
      case ..<8: .none
      case 8..<16: .eight
      case 16..<256: .sixteen
      case 256..<0x1000000: .indexed
      default: isDirect ? .direct : .eight
      }
    if let wanted { return (min(wanted, available), "asked for") }
    if noColor { return (.none, "NO_COLOR is set") }
    if isDirect { return (.direct, colorterm.isEmpty ? "TERM=\(term)" : "COLORTERM=\(colorterm)") }
    return (available, "terminfo has \(terminfo) colours for this terminal")
  }
}
