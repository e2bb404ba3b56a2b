import Prompting
import Rendering
import Terminal

extension StudioState {
  mutating func performInSettings(_ action: Action) -> [Effect] {
    switch action {
    case .valueUp: return stepValue(1)
    case .valueDown: return stepValue(-1)
    case .up where compose.focus == .settings: moveField(-SettingsView.columns)
    case .down where compose.focus == .settings: moveField(SettingsView.columns)
    case .nextSetting: moveField(1)
    case .previousSetting: moveField(-1)
    case .editValue: return editValue()
    case .randomSeed: settings.hasRandomSeed.toggle()
    case .lastSeed: return useEarlierSeed()
    case .resetValue:
      settings.field.reset(&settings.recipe, to: settings.defaults)
      return recipeChanged()
    case .presetDraft: return apply(.draft)
    case .presetBalanced: return apply(.balanced)
    case .presetFinal: return apply(.final)
    default: break
    }
    return []
  }

  private mutating func stepValue(_ direction: Int) -> [Effect] {
    if settings.field == .model { return nextModel(direction) }
    if settings.field == .seed { settings.hasRandomSeed = false }
    settings.field.step(direction, &settings.recipe, defaults: settings.defaults, on: settings.grid)
    return recipeChanged()
  }

  private mutating func nextModel(_ direction: Int) -> [Effect] {
    let usable = models.found.filter { $0.health == .healthy }
    guard usable.count > 1 else {
      notice = Notice(.plain, "no other model was found; F5 says where it looks", "没有其他模型；按 F5 查看查找位置")
      return []
    }
    let index = usable.firstIndex { $0.id == settings.recipe.model } ?? 0
    return [.openModel(usable[(index + direction + usable.count) % usable.count].id)]
  }

  /// Up from the first row goes back to the fields, down from the last one to the first field.
  mutating func moveField(_ delta: Int) {
    let all = SettingField.allCases
    let index = (all.firstIndex(of: settings.field) ?? 0) + delta
    guard all.indices.contains(index) else {
      _ = moveFocus(delta < 0 ? -1 : 1)
      return
    }
    settings.field = all[index]
  }

  private mutating func editValue() -> [Effect] {
    if settings.field == .model { return show(.models) }
    settings.entry = TextEditor(settings.field.editable(settings.recipe))
    settings.entry?.apply(.selectAll, &killed)
    return []
  }

  /// Enter in the value being typed.
  mutating func takeEntry() -> [Effect] {
    guard let entry = settings.entry else { return [] }
    if let problem = settings.field.take(entry.text, &settings.recipe) {
      notice = Notice(.bad, problem)
      return []
    }
    if settings.field == .seed { settings.hasRandomSeed = false }
    settings.entry = nil
    return recipeChanged()
  }

  private mutating func useEarlierSeed() -> [Effect] {
    let seeds = settings.seeds
    let index = settings.hasRandomSeed ? -1 : seeds.firstIndex(of: settings.recipe.seed) ?? -1
    settings.recipe.seed = seeds[(index + 1) % seeds.count]
    settings.hasRandomSeed = false
    return recipeChanged()
  }

  private mutating func apply(_ preset: QualityPreset) -> [Effect] {
    preset.apply(to: &settings.recipe, defaults: settings.defaults, on: settings.grid)
    notice = Notice(.good, preset.title)
    return recipeChanged()
  }

  /// The settings are others: what do they need?
  mutating func recipeChanged() -> [Effect] {
    refreshHints()
    var recipe = settings.recipe
    recipe.prompt = "x"
    return [.plan(recipe, question: settings.planned.next())]
  }

  mutating func modelOpened(_ defaults: Recipe) -> [Effect] {
    settings.defaults = defaults
    settings.recipe = defaults
    compose.knownTokens = nil
    notice = Notice(
      .good, "\(SettingField.model.text(defaults)) renders from now on", "现在使用 \(SettingField.model.text(defaults))")
    return recipeChanged() + promptChanged()
  }
}
