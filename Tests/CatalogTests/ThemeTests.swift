import Prompting
import Testing

@testable import Catalog

@Suite struct ThemeTests {
  static let themes = Catalog.load(userFolder: nil).themes

  @Test func thereIsOneForEveryEye() {
    #expect(Self.themes.count >= 8)
    #expect(Self.themes.count { $0.appearance == .light } >= 2)
    #expect(Self.themes.contains { $0.name == Catalog.standardTheme })
    #expect(Set(Self.themes.map(\.title)).count == Self.themes.count)
    for theme in Self.themes { #expect(PromptLanguage.detect(theme.title.zh) == .zh, "\(theme.name)") }
  }

  private static let lighter: Set<ThemeRole> = [.dim, .tab, .fieldLabel, .ghost, .previewFrame, .favourite]
  /// Lines and areas: seen, not read.
  private static let shapes: Set<ThemeRole> = [.border, .barTrack]

  @Test(arguments: themes, ThemeRole.allCases)
  func everythingCanBeRead(theme: Theme, role: ThemeRole) {
    let style = theme[role]
    guard let ink = style.foreground, let ground = style.background else {
      Issue.record("\(theme.name) says nothing about \(role)")
      return
    }
    // The terminal's own palette is the user's choice.
    guard let ratio = ink.contrast(with: ground) else { return }
    let least = Self.shapes.contains(role) ? 1.2 : Self.lighter.contains(role) ? 3 : 4.5
    #expect(ratio >= least, "\(theme.name) \(role): \(ratio)")
  }

  @Test(arguments: themes.filter { $0[.text].foreground != .terminalDefault })
  func textIsReadableOnEveryGround(theme: Theme) throws {
    let roles: [ThemeRole] = [.text, .field, .fieldFocus, .menu, .dialog]
    for ground in try roles.map({ try #require(theme[$0].background) }) {
      for (role, least) in [(ThemeRole.text, 4.5), (.accent, 4.5), (.good, 4.5), (.warn, 4.5), (.bad, 4.5), (.dim, 3)] {
        let ratio = try #require(theme[role].foreground?.contrast(with: ground))
        #expect(ratio >= least, "\(theme.name) \(role): \(ratio)")
      }
    }
  }

  @Test func highContrastMeansSeven() throws {
    let theme = try #require(Self.themes.first { $0.name == "contrast" })
    for role in ThemeRole.allCases where !Self.shapes.contains(role) {
      let style = theme[role]
      let ratio = try #require(style.foreground.flatMap { ink in style.background.flatMap { ink.contrast(with: $0) } })
      #expect(ratio >= 7, "\(role): \(ratio)")
    }
  }

  @Test func monochromeHasNoColourAndStillTellsApart() throws {
    let theme = try #require(Self.themes.first { $0.name == "mono" })
    for role in ThemeRole.allCases {
      #expect(theme[role].foreground == .terminalDefault && theme[role].background == .terminalDefault)
    }
    let states: [ThemeRole] = [.text, .good, .warn, .bad, .selection, .dim]
    #expect(Set(states.map { theme[$0].attributes?.rawValue ?? 0 }).count == states.count)
  }

  @Test func theContrastIsTheOneOfTheStandard() throws {
    let black = ThemeColour.rgb(red: 0, green: 0, blue: 0)
    let white = ThemeColour.index(231)
    #expect(try #require(black.contrast(with: white)) == 21)
    #expect(try #require(white.contrast(with: white)) == 1)
    let grey = ThemeColour.rgb(red: 0x77, green: 0x77, blue: 0x77)
    #expect(abs(try #require(grey.contrast(with: white)) - 4.48) < 0.01)
    #expect(ThemeColour.index(244).contrast(with: .rgb(red: 128, green: 128, blue: 128)) == 1)
    #expect(ThemeColour.index(7).contrast(with: white) == nil)
    #expect(ThemeColour.terminalDefault.contrast(with: white) == nil)
  }
}
