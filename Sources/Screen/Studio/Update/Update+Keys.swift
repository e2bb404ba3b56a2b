import Catalog
import Prompting
import Rendering
import Terminal

extension StudioState {
  /// Where keys count now, innermost first.
  var contexts: [KeyContext] {
    switch layers.last {
    case .help, .palette, .words, .templates: return [.menu, .text]
    case .welcome, .log: return [.menu]
    case .batch: return [.sheet, .menu]
    case .question: return [.question]
    case .input: return [.input, .text]
    case nil: break
    }
    if isZoomed { return [.list, .everywhere] }
    switch screen {
    case .compose where compose.focus == .settings:
      return settings.entry == nil ? [.settings, .compose, .everywhere] : [.input, .text, .compose, .everywhere]
    case .compose: return [.text, .compose, .everywhere]
    case .history: return history.isFiltering ? [.input, .text, .everywhere] : [.history, .list, .everywhere]
    case .queue: return [.queue, .list, .everywhere]
    case .models: return [.models, .list, .everywhere]
    }
  }

  /// Whether a letter is text here.
  var takesText: Bool {
    switch layers.last {
    case .help, .palette, .words, .templates, .input: return true
    case .question, .welcome, .batch, .log: return false
    case nil: break
    }
    if isZoomed { return false }
    return screen == .compose && (compose.editor != nil || settings.entry != nil)
      || screen == .history && history.isFiltering
  }

  mutating func struck(_ key: Key) -> [Effect] {
    if case .character = key.code, key.modifiers.subtracting(.shift).isEmpty { leaveWelcome() }
    if let text = typed(key) { return takeText(.insert(text)) }
    if let effects = moveInText(key) { return effects }
    if let effects = beginValue(key) { return effects }
    guard let action = action(for: key) else { return [] }
    return perform(action)
  }

  /// Whether the window shows nothing of what keys would do.
  var isTooSmall: Bool {
    size.width < StudioView.smallest.width || size.height < StudioView.smallest.height
  }

  /// In a window that is too small one can quit, and answer the question that is shown.
  mutating func struckUnseen(_ key: Key) -> [Effect] {
    guard let action = action(for: key) else { return [] }
    let answers: Set<Action> = TooSmallView.question(self) == nil ? [] : [.choose, .close]
    guard action == .quit || answers.contains(action) else { return [] }
    return perform(action)
  }

  /// Quit and render count under every layer; the rest only where the innermost layer lets it.
  private func action(for key: Key) -> Action? {
    if let action = KeyTable.action(for: key, in: contexts) { return action }
    guard let action = KeyTable.action(for: key, in: [.everywhere]), !layers.isEmpty else { return nil }
    let counts: Set<Action> = layers.last == .welcome ? [.quit, .render, .help, .palette] : [.quit, .render]
    return counts.contains(action) ? action : nil
  }

  private func typed(_ key: Key) -> String? {
    guard takesText, key.modifiers.subtracting(.shift).isEmpty, case .character(let character) = key.code else {
      return nil
    }
    return String(character)
  }

  /// In the settings a digit begins to type a value.
  private mutating func beginValue(_ key: Key) -> [Effect]? {
    guard layers.isEmpty, screen == .compose, compose.focus == .settings, settings.entry == nil,
      key.modifiers.isEmpty, case .character(let character) = key.code, character.isNumber,
      ![.model, .sampler, .preset, .precision, .speed].contains(settings.field)
    else { return nil }
    settings.entry = TextEditor(String(character))
    return []
  }

  mutating func pasted(_ text: String) -> [Effect] {
    leaveWelcome()
    return takesText ? takeText(.paste(text)) : []
  }

  /// Who begins to type wants to write first: the welcome makes room, and nothing typed is lost.
  private mutating func leaveWelcome() {
    if layers.last == .welcome { layers.removeLast() }
  }

  mutating func perform(_ action: Action) -> [Effect] {
    let effects = action.leavesValue ? leavingEntry { $0.done(action) } : done(action)
    // A value that is stepped is saved when one goes on to something else, as a text is.
    return [.valueUp, .valueDown].contains(action) ? effects : effects + saveSettings()
  }

  private mutating func done(_ action: Action) -> [Effect] {
    if let reason = whyDisabled(action) {
      notice = Notice(.bad, reason)
      return []
    }
    if let effects = performText(action) { return effects }
    switch action {
    case .showCompose: return show(.compose)
    case .showHistory: return show(.history)
    case .showQueue: return show(.queue)
    case .showModels: return show(.models)
    case .help: layers.append(.help(Menu()))
    case .palette: layers.append(.palette(Menu()))
    case .close: return close()
    case .choose: return choose()
    case .zoom: zoom()
    case .render: return startRender()
    case .cancelRender: askToCancel()
    case .quit: return quit()
    case .sayHowToQuit: notice = Notice(.plain, "Ctrl-Q quits, Esc closes a layer", "按 Ctrl-Q 退出，按 Esc 关闭一层")
    case .pausePreview: render.isPreviewPaused.toggle()
    case .nextTheme: nextTheme()
    case .switchLanguage: options.language = options.language == .en ? .zh : .en
    case .switchMouse:
      options.hasMouse.toggle()
      return [.useMouse(options.hasMouse)]
    case .switchMotion: options.reducedMotion.toggle()
    case .variations: askForVariations()
    default: return performInScreen(action)
    }
    return []
  }

  private mutating func performInScreen(_ action: Action) -> [Effect] {
    if !layers.isEmpty { return performInMenu(action) }
    return switch screen {
    case .compose: performInCompose(action)
    case .history: performInHistory(action)
    case .queue: performInQueue(action)
    case .models: performInModels(action)
    }
  }

  mutating func show(_ screen: Screen) -> [Effect] {
    layers.removeAll()
    isZoomed = false
    self.screen = screen
    switch screen {
    case .compose: return []
    case .history: return history.jobs.isEmpty || history.isOld ? refreshHistory() : selectedJobChanged()
    case .queue: return [.readQueue]
    case .models: return models.found.isEmpty ? findModels() : []
    }
  }

  /// One layer, the innermost; never the program, never a render.
  mutating func close() -> [Effect] {
    if layers.popLast() != nil { return [] }
    if isZoomed {
      isZoomed = false
      return []
    }
    switch screen {
    case .compose:
      if settings.entry != nil { settings.entry = nil } else { compose.ghost = nil }
    case .history: return closeInHistory()
    case .queue, .models: screen = .compose
    }
    return []
  }

  private mutating func zoom() {
    if screen == .history { history.isDetailZoomed.toggle() } else { isZoomed.toggle() }
  }

  private mutating func nextTheme() {
    let names = catalog.themes.map(\.name)
    guard !names.isEmpty else { return }
    let index = names.firstIndex(of: options.theme) ?? -1
    options.theme = names[(index + 1) % names.count]
    notice = Notice(.plain, catalog.theme(named: options.theme).title)
  }

  mutating func quit() -> [Effect] {
    if isRenderingHere, !layers.contains(.question(Self.quitQuestion)) {
      layers.append(.question(Self.quitQuestion))
      return []
    }
    // What was being typed goes into the draft, if it can be taken.
    _ = leavingEntry { _ in [] }
    isQuitting = true
    return saveDraft() + [.quit]
  }

  static let quitQuestion = Layer.Question(
    text: Bilingual(
      "A render is running. Quit and stop it? What it has reached stays in the ledger.", "正在渲染。要停止并退出吗？已完成的进度会留在记录中。"),
    yes: .quit)

  private mutating func askToCancel() {
    guard let watch = render.watch ?? queue.running.map({ RenderWatch($0, now: now) }) else { return }
    let id = watch.job.id
    let text =
      watch.isKept(now)
      ? Bilingual("Stop render #\(id)? Rendering it again goes on from about here.", "停止渲染 #\(id)？再次渲染时会从这里继续。")
      : Bilingual(
        "Stop render #\(id)? Nothing of it is kept yet: rendering it again begins anew.",
        "停止渲染 #\(id)？目前尚无可保留的进度，再次渲染将从头开始。")
    layers.append(.question(.init(text: text, yes: .cancel(id))))
  }
}
