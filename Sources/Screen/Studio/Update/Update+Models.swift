import Prompting
import Rendering

extension StudioState {
  mutating func performInModels(_ action: Action) -> [Effect] {
    switch action {
    case .up, .pageUp: models.selection = max(0, models.selection - 1)
    case .down, .pageDown: models.selection = max(0, min(models.found.count - 1, models.selection + 1))
    case .first: models.selection = 0
    case .last: models.selection = max(0, models.found.count - 1)
    case .refreshModels: return findModels()
    case .activateModel: return activate()
    case .verifyModel: return models.selected.map { verify($0.id) } ?? []
    default: break
    }
    return []
  }

  private mutating func activate() -> [Effect] {
    guard let model = models.selected else { return [] }
    if case .damaged(let why) = model.health {
      notice = Notice(.bad, why, why)
      return []
    }
    guard model.id != settings.recipe.modelReference else {
      notice = Notice(.plain, "\(model.title) is in use already", "\(model.title) 已在使用中")
      return []
    }
    return [.openModel(model.id)]
  }

  mutating func findModels() -> [Effect] {
    models.isLooking = true
    return [.findModels]
  }

  mutating func receive(_ found: [ModelInfo]) {
    let selected = models.check?.id ?? models.selected?.id ?? settings.recipe.modelReference
    models.isLooking = false
    models.found = found
    models.selection = found.firstIndex { $0.id == selected } ?? 0
  }
}

// MARK: - Verifying

extension StudioState {
  /// Reads every file of a model; the same key stops it.
  mutating func verify(_ id: ModelReference) -> [Effect] {
    if let check = models.check {
      models.check = nil
      _ = models.checked.next()
      notice = Notice(.plain, "verification stopped; nothing is remembered of it", "已停止校验，未保留结果")
      if check.id == id { return [.stopVerifying] }
    }
    models.check = ModelCheck(id: id, startedAt: now)
    models.selection = models.found.firstIndex { $0.id == id } ?? models.selection
    notice = nil
    return [.verifyModel(id, question: models.checked.next())]
  }

  /// From a job that failed: the models screen shows how it goes.
  mutating func verifyModel(of job: Job) -> [Effect] {
    let effects = show(.models)
    guard models.check?.id != job.recipe.modelReference else { return effects }
    return effects + verify(job.recipe.modelReference)
  }

  mutating func verifying(_ done: Int, _ total: Int, question: Int) {
    guard question == models.checked.value, var check = models.check else { return }
    (check.bytesDone, check.bytesTotal) = (max(done, check.bytesDone), total)
    models.check = check
  }

  mutating func verified(_ problems: [String], question: Int) -> [Effect] {
    guard question == models.checked.value, let check = models.check else { return [] }
    let name = models.found.first { $0.id == check.id }?.title ?? check.id.model
    if let first = problems.first {
      let more = problems.count > 1 ? " (+\(problems.count - 1))" : ""
      notice = Notice(.bad, first + more, first + more)
    } else {
      notice = Notice(.good, "\(name) is sound", "\(name) 完好")
    }
    let effects = findModels()
    models.check = nil
    return effects
  }
}
