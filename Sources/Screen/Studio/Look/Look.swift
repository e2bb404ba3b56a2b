public import Catalog
public import Prompting
public import Terminal

/// How things look: the theme's roles as cell styles, the signs, the language.
///
///     grid.write(look.say(.idle), at: point, style: look[.dim])
public struct Look: Sendable {
  public let language: PromptLanguage
  public let signs: Signs
  public let border: Border
  private let styles: [ThemeRole: Style]

  public init(theme: Theme, language: PromptLanguage, isASCII: Bool) {
    self.language = language
    signs = isASCII ? .ascii : .unicode
    border = isASCII ? .ascii : .rounded
    styles = Dictionary(uniqueKeysWithValues: ThemeRole.allCases.map { ($0, Style(theme[$0])) })
  }

  public subscript(role: ThemeRole) -> Style { styles[role] ?? .plain }

  func say(_ word: Word) -> String { word.text[language] }
  func say(_ text: Bilingual) -> String { text[language] }
}

extension Style {
  init(_ theme: ThemeStyle) {
    let attributes = theme.attributes ?? []
    self.init(
      foreground: theme.foreground.map(Colour.init) ?? .standard,
      background: theme.background.map(Colour.init) ?? .standard,
      bold: attributes.contains(.bold), dim: attributes.contains(.dim), italic: attributes.contains(.italic),
      underline: attributes.contains(.underline), reverse: attributes.contains(.reverse))
  }
}

extension Colour {
  init(_ theme: ThemeColour) {
    switch theme {
    case .rgb(let red, let green, let blue): self = .rgb(red, green, blue)
    case .index(let index): self = .indexed(index)
    case .terminalDefault: self = .standard
    }
  }
}
