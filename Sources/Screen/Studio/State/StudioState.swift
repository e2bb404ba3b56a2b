public import Catalog
public import Foundation
public import Prompting
public import Rendering
public import Terminal

/// Everything the studio knows and shows. A value: `update` changes it, views draw it.
///
///     var state = StudioState(catalog: catalog, recipe: engine.defaults)
///     let effects = update(&state, .input(.key(.control("r"))))
///     let grid = StudioView.draw(state).grid
public struct StudioState: Sendable {
  public var size = Size(width: 80, height: 24)
  public var now = Date(timeIntervalSince1970: 0)
  public var calendar = Calendar(identifier: .gregorian)
  public var catalog: Catalog
  public var options: StudioOptions
  public var screen = Screen.compose
  /// What lies over the screen, the last one on top. Esc takes one away.
  var layers: [Layer] = []
  var compose: ComposeState
  var settings: SettingsState
  var render = RenderState()
  var history = HistoryState()
  var queue = QueueState()
  var models = ModelsState()
  var killed = KillBuffer()
  /// One sentence in the last line, until the next key or for a few seconds.
  var notice: Notice? {
    didSet { noticedAt = now }
  }
  private(set) var noticedAt = Date(timeIntervalSince1970: 0)
  var isZoomed = false
  /// When memory was read last.
  var lastMemorySecond = 0
  public internal(set) var isQuitting = false

  public enum Screen: String, Hashable, Sendable, CaseIterable { case compose, history, queue, models }

  public init(catalog: Catalog, options: StudioOptions = StudioOptions(), recipe: Recipe) {
    self.catalog = catalog
    self.options = options
    compose = ComposeState()
    settings = SettingsState(recipe: recipe)
  }

  var look: Look {
    Look(theme: catalog.theme(named: options.theme), language: options.language, isASCII: options.isASCII)
  }

  /// Whether a render is on its way, here or in another process.
  public var isRendering: Bool { render.watch != nil }
}

/// What config and arguments decide.
public struct StudioOptions: Hashable, Sendable {
  public var theme = Catalog.standardTheme
  public var language = PromptLanguage.en
  public var isASCII = false
  public var hasMouse = true
  public var reducedMotion = false
  public var showsPreview = true

  public init() {}
}

/// A sentence for the last line; a bad one stays until the next key.
public struct Notice: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case good, plain, bad }
  public var kind: Kind
  public var text: Bilingual

  public init(_ kind: Kind, _ text: Bilingual) {
    self.kind = kind
    self.text = text
  }

  public init(_ kind: Kind, _ en: String, _ zh: String) { self.init(kind, Bilingual(en, zh)) }
}
