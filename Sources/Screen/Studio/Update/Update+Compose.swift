import Catalog
import Prompting
import Rendering

extension StudioState {
  mutating func performInCompose(_ action: Action) -> [Effect] {
    switch action {
    case .nextField: return moveFocus(1)
    case .previousField: return moveFocus(-1)
    case .insertWord: openWords()
    case .templates: layers.append(.templates(Menu()))
    case .acceptGhost: return compose.ghost.map { takeText(.paste($0)) } ?? []
    case .switchMode: return switchMode()
    case .splitText: return splitText()
    case .fix1: return apply(fixes[0])
    case .fix2: return apply(fixes[1])
    case .fix3: return apply(fixes[2])
    case .dismissHint:
      compose.dismissedHints.insert(compose.hints[0].id)
      refreshHints()
    case .clearAll: return clearAll()
    default: return performInSettings(action)
    }
    return []
  }

  mutating func moveFocus(_ delta: Int) -> [Effect] {
    let fields = compose.fields
    let index = fields.firstIndex(of: compose.focus) ?? 0
    compose.focus = fields[(index + delta + fields.count) % fields.count]
    refreshGhost()
    // Whatever happens to the program, no more than one field is lost.
    return saveDraft()
  }

  mutating func saveDraft() -> [Effect] {
    settings.isUnsaved = false
    return [.saveDraft(draft)]
  }

  mutating func saveSettings() -> [Effect] { settings.isUnsaved ? saveDraft() : [] }

  private mutating func openWords() {
    guard case .slot = compose.focus else {
      notice = Notice(.plain, "words belong to a slot: go to one with Tab", "词汇属于各个分项：请用 Tab 选择")
      return
    }
    layers.append(.words(Menu()))
  }

  private mutating func switchMode() -> [Effect] {
    if !compose.isFree, compose.freeText.isEmpty {
      compose.freeText = TextEditor(compose.prompt(options.language))
    }
    compose.isFree.toggle()
    if compose.focus != .settings { compose.focus = compose.isFree ? .free : .slot(.subject) }
    return promptChanged()
  }

  private mutating func splitText() -> [Effect] {
    var slots = PromptSplitter.split(compose.freeText.text)
    slots[.negative] = compose[.negative].text
    compose.load(slots, &killed)
    compose.isFree = false
    compose.focus = .slot(.subject)
    notice = Notice(.good, "split into slots; Ctrl-F goes back to the text", "已拆分为各项；按 Ctrl-F 返回文本")
    return promptChanged()
  }

  private mutating func clearAll() -> [Effect] {
    if compose.isFree { compose.freeText.apply(.replaceAll(""), &killed) } else { compose.load(PromptSlots(), &killed) }
    compose.parent = nil
    return promptChanged()
  }

  mutating func apply(_ fix: Fix) -> [Effect] {
    switch fix.change {
    case .slots(let slots):
      if !compose.isFree {
        compose.load(slots, &killed)
      } else if let text = FreeText(compose.freeText.text).rewritten(as: slots) {
        compose.freeText.apply(.replaceAll(text), &killed)
      }
      return promptChanged()
    case .frameCount(let count):
      settings.recipe.frameCount = count
      return recipeChanged() + promptChanged()
    }
  }

  /// The prompt is another one: count it, judge it, offer how it goes on.
  mutating func promptChanged() -> [Effect] {
    refreshHints()
    refreshGhost()
    let prompt = compose.prompt(options.language)
    guard compose.knownTokens?.text != prompt else { return [] }
    if prompt.isEmpty {
      compose.knownTokens = nil
      return []
    }
    return [.countTokens(prompt, model: settings.recipe.model, question: settings.counted.next())]
  }

  mutating func refreshHints() {
    guard !compose.isBlank else {
      compose.hints = []
      return
    }
    let recipe = settings.recipe
    let slots = compose.isFree ? PromptSplitter.split(compose.freeText.text) : compose.slots
    let language = PromptLanguage.detect(slots) ?? options.language
    let example = catalog.example(for: recipe.model, language)
    let isGuided = recipe.guidance.high != 1 || recipe.guidance.low != 1
    // A model whose own example has no negative prompt has learnt none.
    let clip = ClipContext(
      frameCount: recipe.frameCount, framesPerSecond: recipe.framesPerSecond, frameStep: settings.grid.frames,
      usesNegative: isGuided && !example.isBlank(.negative), example: example)
    let hints = Lints.check(slots, clip: clip, tokenCount: compose.knownTokens?.count, language: language)
    let open = hints.filter { !compose.dismissedHints.contains($0.id) }
    compose.hints = compose.isFree ? FreeText(compose.freeText.text).hints(open) : open
  }

  mutating func refreshGhost() {
    compose.ghost = nil
    guard case .slot(let slot) = compose.focus, compose[slot].selection == nil else { return }
    let editor = compose[slot]
    let language = compose.language(of: slot) ?? options.language
    compose.ghost = completion.suggest(slot, text: editor.text, cursor: editor.cursor, language)
  }
}
