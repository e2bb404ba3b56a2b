import Prompting
import Rendering
import Terminal

extension StudioState {
  mutating func performInHistory(_ action: Action) -> [Effect] {
    switch action {
    case .filter:
      history.isFiltering = true
    case .nextSort:
      history.sort = JobSort.allCases.next(after: history.sort)
      return queryHistory()
    case .undoDelete: return history.deleted.popLast().map { [.restore($0)] } ?? []
    case .up: return select(history.selection - 1)
    case .down: return select(history.selection + 1)
    case .pageUp: return select(history.selection - pageRows)
    case .pageDown: return select(history.selection + pageRows)
    case .first: return select(0)
    case .last: return select(history.jobs.count - 1)
    default: return history.selected.map { perform(action, on: $0) } ?? []
    }
    return []
  }

  private mutating func perform(_ action: Action, on job: Job) -> [Effect] {
    switch action {
    case .loadIntoComposer: return load(job)
    case .rerun: return again(job) { _ in }
    case .rerunNewSeed: return again(job) { $0.seed = UInt64.random(in: 0...UInt64(UInt32.max)) }
    case .rerunReference: return again(job) { $0.precision = .reference }
    case .compare: compare(job)
    case .open: return job.result.map { [.openFile($0.clip)] } ?? []
    case .copyPath: return job.result.map { [.copy($0.clip, Bilingual("path copied", "已复制路径"))] } ?? []
    case .copyPrompt: return [.copy(job.recipe.prompt, Bilingual("prompt copied", "已复制提示词"))]
    case .copyRecipe:
      guard let json = try? job.recipe.json() else { return [] }
      return [.copy(json, Bilingual("recipe copied", "已复制配方"))]
    case .favourite: return [.setFavourite(job.id, !job.isFavourite)]
    case .delete: return delete(job)
    case .editTags:
      ask(.tags(job.id), Bilingual("Tags of #\(job.id)", "#\(job.id) 的标签"), job.tags.joined(separator: " "))
    case .editNotes: ask(.notes(job.id), Bilingual("Notes on #\(job.id)", "#\(job.id) 的备注"), job.notes)
    case .verifyModel: return verifyModel(of: job)
    case .showBatch: return job.batch.map { [.readBatch($0)] } ?? []
    case .showLog: return [.readLog(job.id)]
    default: break
    }
    return []
  }

  /// The mark stays while others are looked at; the same key takes it away from where it stands.
  private mutating func compare(_ job: Job) {
    guard let marked = history.marked else {
      history.marked = job
      notice = Notice(.plain, "marked #\(job.id): go to another one to compare", "已标记 #\(job.id)：移到另一个作品即可对比")
      return
    }
    if marked.id == job.id {
      history.marked = nil
      notice = Notice(.plain, "#\(job.id) is marked no more", "已取消标记 #\(job.id)")
    } else {
      notice = Notice(
        .plain, "compared with #\(marked.id); Esc, or = on #\(marked.id), ends it",
        "正与 #\(marked.id) 对比；按 Esc 或在 #\(marked.id) 上按 = 结束")
    }
  }

  private mutating func delete(_ job: Job) -> [Effect] {
    if job.state == .running {
      notice = Notice(.bad, "it is rendering: F8 stops it", "正在渲染：按 F8 停止")
      return []
    }
    return [.delete([job.id])]
  }

  mutating func deleted(_ ids: [Job.ID]) -> [Effect] {
    guard !ids.isEmpty else { return [] }
    history.deleted.append(ids)
    let names = ids.map { "#\($0)" }.joined(separator: ", ")
    notice = Notice(.plain, "\(names) deleted; u brings it back", "\(names) 已删除；按 u 恢复")
    return queryHistory() + [.readTotals]
  }

  /// The prompt comes back as it was rendered, with its settings and seed. Settings are those of a model: another one is
  /// opened for them first.
  mutating func load(_ job: Job) -> [Effect] {
    loadPrompt(job.recipe)
    compose.parent = job.id
    screen = .compose
    guard job.recipe.modelReference == settings.recipe.modelReference else {
      let name = SettingField.model.text(job.recipe)
      notice = Notice(
        .plain, "the prompt of #\(job.id) is loaded; its settings come once \(name) is open",
        "已载入 #\(job.id) 的提示词；打开 \(name) 后载入其设置")
      return [.openModel(job.recipe.modelReference, loading: job)] + promptChanged()
    }
    notice = Notice(
      .good, "loaded from #\(job.id), seed \(job.recipe.seed) kept", "已载入 #\(job.id)，保留种子 \(job.recipe.seed)")
    return loadSettings(job.recipe) + promptChanged()
  }

  mutating func loadSettings(_ recipe: Recipe) -> [Effect] {
    settings.recipe = recipe
    settings.hasRandomSeed = false
    return recipeChanged()
  }

  mutating func notLoaded(_ job: Job, _ why: String) {
    notice = Notice(
      .bad, "of #\(job.id) only the prompt is loaded, not its settings: \(why)", "仅载入了 #\(job.id) 的提示词，未载入设置：\(why)")
  }

  private mutating func loadPrompt(_ recipe: Recipe) {
    var slots = PromptSplitter.split(recipe.prompt)
    let composed = PromptComposer.compose(slots, PromptLanguage.detect(slots) ?? options.language)
    if composed == recipe.prompt {
      slots[.negative] = recipe.negativePrompt
      compose.isFree = false
      compose.load(slots, &killed)
      compose.focus = .slot(.subject)
    } else {
      compose.load(free: recipe.prompt, &killed)
      compose[.negative].apply(.replaceAll(recipe.negativePrompt), &killed)
      compose.focus = .free
    }
  }

  private func again(_ job: Job, _ change: (inout Recipe) -> Void) -> [Effect] {
    var recipe = job.recipe
    change(&recipe)
    return [.enqueue([NewJob(recipe, parent: job.id)], nil)]
  }

  /// - Parameter rows: how many to ask for: a list that is refreshed stays as long as it was.
  mutating func queryHistory(rows: Int = 100) -> [Effect] {
    let question = history.queried.next()
    let filter = history.filter
    (history.isLoading, history.isOld) = (true, false)
    return [
      .findPage(JobQuery(filter: filter, sort: history.sort, limit: rows), question: question),
      .countMatching(filter, question: question),
    ]
  }

  mutating func receive(_ page: JobPage, isContinued: Bool, question: Int) -> [Effect] {
    guard question == history.queried.value else { return [] }
    let selected = history.selected?.id
    history.isLoading = false
    history.jobs = isContinued ? history.jobs + page.jobs : page.jobs
    history.next = page.next
    if !isContinued {
      history.selection =
        selected.flatMap { id in history.jobs.firstIndex { $0.id == id } }
        ?? min(history.selection, max(0, history.jobs.count - 1))
    }
    return screen == .history ? selectedJobChanged() : []
  }

  mutating func select(_ index: Int) -> [Effect] {
    let target = max(0, min(history.jobs.count - 1, index))
    guard target != history.selection else { return [] }
    history.selection = target
    return selectedJobChanged() + nextPage()
  }

  private mutating func nextPage() -> [Effect] {
    guard let next = history.next, history.selection > history.jobs.count - 50 else { return [] }
    // Asked for once, however many keys come before the answer.
    history.next = nil
    let query = JobQuery(filter: history.filter, sort: history.sort, after: next)
    return [.findPage(query, question: history.queried.value)]
  }

  mutating func selectedJobChanged() -> [Effect] {
    history.framesPlayed = 0
    guard let job = history.selected else { return [] }
    var effects: [Effect] = []
    if history.thumbnails[job.id] == nil { effects.append(.readThumbnail(job.id)) }
    if let parent = job.parent, history.parents[parent] == nil { effects.append(.readJob(parent)) }
    return effects
  }

  mutating func receive(_ thumbnail: Thumbnail?, of id: Job.ID) {
    if history.thumbnails.count > 200 { history.thumbnails = [:] }
    if let thumbnail { history.thumbnails[id] = thumbnail }
    if let thumbnail, render.watch?.job.id == id, render.watch?.preview.isEmpty == true {
      render.watch?.take(thumbnail)
    }
  }

  mutating func receive(_ totals: [Job.State: Int]) -> [Effect] {
    let isFirst = history.total == nil
    history.total = totals.values.reduce(0, +)
    if isFirst, history.total == 0, compose.isBlank { welcome() }
    return isFirst ? promptChanged() : []
  }

  mutating func receive(_ batch: Batch?) -> [Effect] {
    guard let batch else { return [] }
    if case .batch(var sheet) = layers.last, sheet.batch.id == batch.id {
      sheet.batch = batch
      sheet.move(0)
      layers[layers.count - 1] = .batch(sheet)
      return batch.jobs.filter { history.thumbnails[$0.id] == nil && $0.state == .done }.map { .readThumbnail($0.id) }
    }
    layers.append(.batch(ContactSheet(batch: batch)))
    return batch.jobs.filter { history.thumbnails[$0.id] == nil }.map { .readThumbnail($0.id) }
  }

  mutating func receive(log lines: [String], of id: Job.ID) {
    if lines.isEmpty {
      notice = Notice(.bad, "the log says nothing about #\(id)", "日志中没有 #\(id) 的记录")
    } else {
      layers.append(.log(LogPage(job: id, lines: lines)))
    }
  }

  mutating func closeInHistory() -> [Effect] {
    if history.isFiltering || !history.filterText.isEmpty {
      let hadFilter = !history.filterText.isEmpty
      history.isFiltering = false
      history.filterText = TextEditor()
      return hadFilter ? queryHistory() : []
    }
    if history.isDetailZoomed {
      history.isDetailZoomed = false
    } else if history.marked != nil {
      history.marked = nil
    } else {
      screen = .compose
    }
    return []
  }

  var pageRows: Int { max(1, size.height - 4) }

  mutating func ledgerChanged() -> [Effect] {
    var effects: [Effect] = [.readQueue, .readTotals]
    if case .batch(let sheet) = layers.last { effects.append(.readBatch(sheet.batch.id)) }
    guard screen == .history else {
      history.isOld = true
      return effects
    }
    return effects + refreshHistory()
  }

  mutating func refreshHistory() -> [Effect] { queryHistory(rows: min(2000, max(100, history.jobs.count))) }
}

extension Array where Element: Equatable {
  func next(after element: Element) -> Element {
    let index = firstIndex(of: element) ?? -1
    return self[(index + 1) % count]
  }
}
