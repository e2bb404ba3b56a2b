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
  public let catalog: Catalog
  /// Ranked once: it is asked at every key.
  let completion: Completion
  public var options: StudioOptions {
    didSet { look = Look(catalog, options) }
  }
  /// Of the options: it is asked for with every line that is drawn.
  private(set) var look: Look
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
    completion = Completion(vocabulary: catalog.vocabulary)
    self.options = options
    look = Look(catalog, options)
    compose = ComposeState()
    settings = SettingsState(recipe: recipe)
  }

  /// Where nothing but ASCII can be shown: Chinese would be a screen of question marks.
  public mutating func useASCIIOnly() {
    options.isASCII = true
    guard options.language == .zh else { return }
    options.language = .en
    if notice == nil {
      notice = Notice(.plain, "this terminal cannot draw Chinese: English takes its place", "此终端无法显示中文")
    }
  }

  /// Whether a render is on its way, here or in another process.
  public var isRendering: Bool { render.watch != nil }

  /// Whether it would end with this process.
  public var isRenderingHere: Bool { render.watch.map { !$0.isForeign } ?? false }
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

  /// What was found wrong at the start: the one thing, or how many there are, where all of them are told, and the first.
  public static func problems(_ sentences: [Bilingual]) -> Notice? {
    guard let first = sentences.first else { return nil }
    guard sentences.count > 1 else { return Notice(.bad, first) }
    return Notice(
      .bad, "\(sentences.count) problems (moviola doctor lists them): \(first.en)",
      "\(sentences.count) 个问题（moviola doctor 可列出全部）：\(first.zh)")
  }
}

extension Look {
  fileprivate init(_ catalog: Catalog, _ options: StudioOptions) {
    self.init(theme: catalog.theme(named: options.theme), language: options.language, isASCII: options.isASCII)
  }
}
