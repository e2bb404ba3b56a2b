import Prompting

/// A theme as its file says it, with the palette still by name: an heir that changes the palette changes every role
/// that uses it.
struct ThemeDraft {
  var title: Bilingual
  var appearance = Theme.Appearance.dark
  var palette: [String: ThemeColour] = [:]
  var roles: [ThemeRole: Style] = [:]

  struct Style {
    var foreground: TOMLNode?
    var background: TOMLNode?
    var attributes: ThemeAttributes?
  }

  func theme(named name: String) -> Theme {
    let styles = roles.mapValues { style in
      ThemeStyle(
        foreground: style.foreground.flatMap(colour), background: style.background.flatMap(colour),
        attributes: style.attributes)
    }
    return Theme(name: name, title: title, appearance: appearance, styles: styles)
  }

  /// A name of the palette comes before a name of the terminal's.
  func colour(_ value: TOMLNode) -> ThemeColour? {
    value.string.flatMap { palette[$0] } ?? ThemeColour(value)
  }
}
