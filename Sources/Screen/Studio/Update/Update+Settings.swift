import Prompting
import Rendering
import Terminal

extension StudioState {
  mutating func performInSettings(_ action: Action) -> [Effect] {
    switch action {
    case .valueUp: return stepValue(1)
    case .valueDown: return stepValue(-1)
    case .up where compose.focus == .settings:
      return leavingEntry { $0.moveField(-SettingsView.columns) }
    case .down where compose.focus == .settings:
      return leavingEntry { $0.moveField(SettingsView.columns) }
    case .nextSetting: return moveField(1)
    case .previousSetting: return moveField(-1)
    case .editValue: return editValue()
    case .randomSeed:
      settings.hasRandomSeed.toggle()
      settings.isUnsaved = true
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
    let usable = models.found.filter(\.isUsable)
    guard usable.count > 1 else {
      notice = Notice(.plain, "no other model was found; F5 says where it looks", "没有其他模型；按 F5 查看查找位置")
      return []
    }
    let index = usable.firstIndex { $0.id == settings.recipe.modelReference } ?? 0
    return [.openModel(usable[(index + direction + usable.count) % usable.count].id)]
  }

  /// Up from the first row goes back to the fields, down from the last one to the first field. To the left and right
  /// there is nothing beyond the first and the last setting.
  private mutating func moveField(_ delta: Int) -> [Effect] {
    let all = SettingField.allCases
    let index = (all.firstIndex(of: settings.field) ?? 0) + delta
    guard all.indices.contains(index) else { return abs(delta) == 1 ? [] : moveFocus(delta < 0 ? -1 : 1) }
    settings.field = all[index]
    return []
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

  /// Goes on to something else with what was being typed taken; a value that cannot be taken says why and stays.
  mutating func leavingEntry(_ next: (inout StudioState) -> [Effect]) -> [Effect] {
    guard let entry = settings.entry else { return next(&self) }
    var effects: [Effect] = []
    // Who changed nothing has typed nothing: a random seed stays random.
    if entry.text == settings.field.editable(settings.recipe) {
      settings.entry = nil
    } else {
      effects = takeEntry()
    }
    return settings.entry == nil ? effects + next(&self) : effects
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
    settings.isUnsaved = true
    refreshHints()
    return askForPlan()
  }

  mutating func askForPlan() -> [Effect] {
    let recipe = settings.recipeToPlan
    settings.waitsSince = recipe == settings.plannedRecipe ? nil : settings.waitsSince ?? now
    return [.plan(recipe, question: settings.planned.next())]
  }

  mutating func receive(_ report: PlanReport) {
    settings.plan = report
    settings.plannedRecipe = settings.recipeToPlan
    settings.waitsSince = nil
  }

  /// - Parameter job: whose settings it was opened for; else its own count.
  mutating func modelOpened(_ defaults: Recipe, loading job: Job? = nil) -> [Effect] {
    // Something else was loaded since.
    if let job, compose.parent != job.id { return [] }
    settings.defaults = defaults
    compose.knownTokens = nil
    let name = SettingField.model.text(defaults)
    notice =
      job.map {
        Notice(
          .good, "loaded from #\($0.id), seed \($0.recipe.seed) kept; \(name) renders from now on",
          "已载入 #\($0.id)，保留种子 \($0.recipe.seed)；现在使用 \(name)")
      } ?? Notice(.good, "\(name) renders from now on, with its own settings", "现在使用 \(name)，设置改为该模型的默认值")
    if job == nil { settings.recipe = defaults }
    return (job.map { loadSettings($0.recipe) } ?? recipeChanged()) + promptChanged()
      + [.rememberModel(defaults.modelReference)] + saveSettings()
  }
}
