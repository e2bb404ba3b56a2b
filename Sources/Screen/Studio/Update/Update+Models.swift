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
    return [.openModel(model.id)]
  }

  mutating func findModels() -> [Effect] {
    models.isLooking = true
    return [.findModels]
  }

  mutating func receive(_ found: [ModelInfo]) {
    models.isLooking = false
    models.found = found
    models.selection = found.firstIndex { $0.id == settings.recipe.model } ?? 0
  }
}
