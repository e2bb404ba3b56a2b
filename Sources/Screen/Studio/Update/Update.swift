import Prompting
import Rendering
import Terminal

/// The studio's only way to change: what happened, in; what to ask of the world, out.
public func update(_ state: inout StudioState, _ message: Message) -> [Effect] {
  switch message {
  case .input(let input): return state.receive(input)
  case .opened: return state.opened()
  case .tick: return state.tick()
  case .planned(let report, let question):
    if question == state.settings.planned.value { state.receive(report) }
  case .counted(let tokens, let text, let question):
    guard question == state.settings.counted.value else { return [] }
    state.compose.knownTokens = tokens.map { .init(count: $0, text: text) }
    state.refreshHints()
  case .page(let page, let isContinued, let question):
    return state.receive(page, isContinued: isContinued, question: question)
  case .matching(let count, let question):
    if question == state.history.queried.value { state.history.matching = count }
  case .totals(let totals): return state.receive(totals)
  case .queue(let jobs): return state.receive(queue: jobs)
  case .job(let job): return state.receive(job)
  case .thumbnail(let id, let thumbnail): state.receive(thumbnail, of: id)
  case .batch(let batch): return state.receive(batch)
  case .log(let id, let lines): state.receive(log: lines, of: id)
  case .ledgerChanged: return state.ledgerChanged()
  case .enqueued(let jobs): return state.enqueued(jobs)
  case .deleted(let ids): return state.deleted(ids)
  case .models(let models): state.receive(models)
  case .modelOpened(let defaults, let job): return state.modelOpened(defaults, loading: job)
  case .notLoaded(let job, let why): state.notLoaded(job, why)
  case .verifying(let done, let total, let question): state.verifying(done, total, question: question)
  case .verified(let problems, let question): return state.verified(problems, question: question)
  case .news(let news): return state.receive(news)
  case .memory(let reading): state.receive(reading)
  case .notice(let notice): state.notice = notice
  }
  return []
}

extension StudioState {
  mutating func receive(_ input: Input) -> [Effect] {
    switch input {
    case .key(let key) where isTooSmall: return struckUnseen(key)
    case .paste where isTooSmall, .mouse where isTooSmall: return []
    case .key(let key):
      notice = nil
      return struck(key)
    case .paste(let text):
      notice = nil
      return pasted(text)
    case .mouse(let mouse): return options.hasMouse ? moved(mouse) : []
    case .resize(let size):
      self.size = size
      return []
    case .hangup, .terminate: return [.saveDraft(draft)]
    case .focus, .wake, .redraw: return []
    }
  }

  mutating func opened() -> [Effect] {
    models.isLooking = true
    defer { settings.isUnsaved = false }
    return [.readTotals, .readQueue, .findModels] + recipeChanged() + promptChanged()
  }

  public var draft: Draft {
    Draft(
      slots: compose.slots, freeText: compose.freeText.text, isFree: compose.isFree, recipe: settings.recipe,
      hasRandomSeed: settings.hasRandomSeed, seeds: settings.seeds)
  }

  /// Goes on where the last session stopped.
  public mutating func restore(_ draft: Draft) {
    compose.load(draft.slots, &killed)
    if !draft.freeText.isEmpty { compose.freeText = TextEditor(draft.freeText) }
    compose.isFree = draft.isFree
    compose.focus = draft.isFree ? .free : .slot(.subject)
    settings.seeds = draft.seeds
    settings.hasRandomSeed = draft.hasRandomSeed
    if draft.recipe.modelReference == settings.recipe.modelReference { settings.recipe = draft.recipe }
    refreshHints()
  }
}
