public import Prompting

/// Colours and attributes for each role on the screen.
///
///     let catalog = Catalog.load(userFolder: config)
///     let style = catalog.theme(named: "dusk")[.dim]
///     style.foreground   // .rgb(red: 139, green: 147, blue: 175)
public struct Theme: Hashable, Sendable {
  /// The file's name without its ending; what the configuration says.
  public var name: String
  public var title: Bilingual
  public var appearance: Appearance
  private var styles: [ThemeRole: ThemeStyle]

  public enum Appearance: String, Sendable, CaseIterable { case dark, light }

  public init(name: String, title: Bilingual, appearance: Appearance, styles: [ThemeRole: ThemeStyle]) {
    self.name = name
    self.title = title
    self.appearance = appearance
    self.styles = styles
  }

  /// The role's own style, completed by the roles it builds on.
  public subscript(role: ThemeRole) -> ThemeStyle {
    let own = styles[role] ?? ThemeStyle()
    guard let base = role.base else { return own }
    return own.completed(by: self[base])
  }
}
