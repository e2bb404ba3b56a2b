/// What a cell on the screen means. Themes give each a style; a role without one looks like its ``base``.
public enum ThemeRole: String, Sendable, CaseIterable {
  /// The ground: text on the screen's background.
  case text
  case dim, accent, good, warn, bad
  case selection, border, title, key
  case tab, tabActive
  case field, fieldFocus, fieldLabel, ghost, cursor
  case hint, badge, link, match, favourite
  case bar, barTrack
  case graphEngine, graphRAM, graphVRAM
  case menu, menuSelection, dialog, previewFrame

  /// The role whose style fills in what a theme leaves open; nil for ``text``.
  public var base: ThemeRole? {
    switch self {
    case .text: nil
    case .dim, .accent, .good, .warn, .bad, .selection, .border, .title, .field, .menu, .cursor: .text
    case .key, .tabActive, .badge, .link, .match, .bar, .graphEngine: .accent
    case .tab, .fieldLabel, .ghost, .hint, .barTrack: .dim
    case .fieldFocus: .field
    case .favourite: .warn
    case .graphRAM: .good
    case .graphVRAM: .warn
    case .menuSelection: .selection
    case .dialog: .menu
    case .previewFrame: .border
    }
  }
}
