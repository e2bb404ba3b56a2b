public import Foundation
public import Prompting

/// Themes, templates and words: the program's own and the user's.
///
///     let catalog = Catalog.load(userFolder: configFolder)     // themes/*.toml and prompts/*.toml in it
///     let theme = catalog.theme(named: "dusk")
///     for problem in catalog.problems { print(problem.sentence(.en)) }
///
/// Loading never fails: a file with a mistake is named in ``problems`` and what it said wrongly is left out.
public struct Catalog: Sendable {
  /// By name; a user's theme replaces ours of the same name.
  public var themes: [Theme] = []
  /// Ours, then the user's; one of the same id stands in place of ours.
  public var templates: [Template] = []
  public var vocabulary = Vocabulary()
  public var problems: [CatalogProblem] = []

  public static let standardTheme = "dusk"

  /// The theme, or the standard one.
  public func theme(named name: String) -> Theme {
    themes.first { $0.name == name } ?? themes.first { $0.name == Self.standardTheme } ?? .plain
  }

  /// A prompt that stays in the model's world: its first template, or the first for any model.
  public func example(for model: String, _ language: PromptLanguage) -> PromptSlots {
    let written = templates.filter { $0.isWritten(in: language) }
    let template = written.first { $0.model == model } ?? written.first { $0.model == nil }
    return template?.slots(language) ?? PromptSlots()
  }

  /// Reads files: keep it off the thread that draws.
  public static func load(userFolder: URL?) -> Catalog {
    var problems: [CatalogProblem] = []
    let own = Resources.folders()
    if own == nil { problems.append(.missingResources) }

    var themes = ThemeShelf()
    themes.add(Resources.files(in: own?.themes))
    themes.add(Resources.files(in: userFolder?.appending(path: "themes")))
    var prompts = PromptShelf()
    prompts.add(Resources.files(in: own?.prompts))
    prompts.add(Resources.files(in: userFolder?.appending(path: "prompts")))

    var catalog = Catalog()
    catalog.themes = themes.read()
    catalog.templates = prompts.templates
    catalog.vocabulary = Vocabulary(lists: prompts.lists)
    catalog.problems = problems + themes.problems + prompts.problems
    return catalog
  }
}

extension Theme {
  /// No colours at all: what is left when even the program's own themes are missing.
  public static let plain = Theme(
    name: "plain", title: Bilingual("Plain", "素色"), appearance: .dark,
    styles: [
      .text: ThemeStyle(foreground: .terminalDefault, background: .terminalDefault),
      .accent: ThemeStyle(attributes: .bold), .title: ThemeStyle(attributes: .bold),
      .selection: ThemeStyle(attributes: .reverse), .cursor: ThemeStyle(attributes: .reverse),
      .fieldFocus: ThemeStyle(attributes: .underline),
    ])
}

extension CatalogProblem {
  static var missingResources: CatalogProblem {
    CatalogProblem(
      file: Resources.bundleName,
      what: Bilingual(
        "the program's themes and templates are not beside it; install this folder next to the program or in ../share/moviola",
        "程序旁找不到主题与模板；请把该文件夹放在程序旁或 ../share/moviola 中"))
  }
}
