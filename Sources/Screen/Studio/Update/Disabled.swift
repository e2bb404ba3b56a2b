import Catalog
import Prompting
import Rendering

extension StudioState {
  /// Why an action cannot be done now; nil when it can.
  func whyDisabled(_ action: Action) -> Bilingual? {
    switch action {
    case .render, .variations: whyNoRender
    case .cancelRender:
      render.watch == nil && queue.running == nil ? Bilingual("nothing renders", "没有正在进行的渲染") : nil
    case .splitText:
      !compose.isFree ? Bilingual("only in free text (Ctrl-F)", "仅限自由文本（Ctrl-F）") : blankPrompt
    case .fix1: hasFix(0)
    case .fix2: hasFix(1)
    case .fix3: hasFix(2)
    case .dismissHint: compose.hints.isEmpty ? Bilingual("there is no hint", "没有提示") : nil
    case .lastSeed: settings.seeds.isEmpty ? Bilingual("no seed was used yet", "还没有用过的种子") : nil
    case .nextTheme: catalog.themes.count < 2 ? Bilingual("there is one theme only", "只有一个主题") : nil
    case .switchLanguage:
      options.isASCII && options.language == .en
        ? Bilingual("Chinese needs more than ASCII: a UTF-8 locale, and no --ascii", "中文需要 UTF-8，且不能使用 --ascii") : nil
    case .verifyModel:
      screen == .history
        ? noJob : models.selected == nil ? Bilingual("no model was found", "未找到模型") : nil
    case .compare, .favourite, .showLog, .editTags, .editNotes, .copyPrompt, .copyRecipe, .rerun, .rerunNewSeed,
      .rerunReference:
      screen == .history ? noJob : nil
    case .open, .copyPath: screen == .history ? noJob ?? noClip : nil
    case .showBatch:
      screen == .history
        ? noJob ?? (history.selected?.batch == nil ? Bilingual("not part of a batch", "不属于任何批次") : nil) : nil
    case .undoDelete: history.deleted.isEmpty ? Bilingual("nothing was deleted", "没有删除过") : nil
    default: nil
    }
  }

  private var whyNoRender: Bilingual? {
    if let blank = blankPrompt { return blank }
    if let error = impossibility { return Bilingual(error.sentence, error.sentence) }
    if let refusal = compose.hints.first(where: { $0.severity == .refusal }) { return refusal.message }
    return nil
  }

  /// As planned; while the plan of these settings is on its way, as far as the model's grid tells.
  private var impossibility: RenderError? {
    guard settings.waitsSince != nil else {
      if case .impossible(let error) = settings.plan?.verdict { return error }
      return nil
    }
    return isGridKnown ? refusal(of: settings.recipeToPlan) : nil
  }

  /// Whether the grid is that of the model in use.
  private var isGridKnown: Bool { settings.plannedRecipe?.modelReference == settings.recipe.modelReference }

  /// What the model's grid refuses, and what no model takes.
  func refusal(of recipe: Recipe) -> RenderError? {
    do throws(RenderError) {
      try recipe.check(on: isGridKnown ? settings.grid : .encodable)
      return nil
    } catch {
      return error
    }
  }

  private var blankPrompt: Bilingual? {
    compose.isBlank ? Bilingual("the prompt is empty: say what the clip shows", "提示词为空：请描述画面") : nil
  }

  private func hasFix(_ index: Int) -> Bilingual? {
    fixes.indices.contains(index) ? nil : Bilingual("no such suggestion", "没有该建议")
  }

  private var noJob: Bilingual? { history.selected == nil ? Bilingual("nothing is selected", "未选择作品") : nil }

  private var noClip: Bilingual? {
    history.selected?.result == nil ? Bilingual("this job has no clip", "该任务没有视频") : nil
  }

  /// What Alt-1 to Alt-3 apply, the first hints first.
  var fixes: [Fix] { Array(compose.hints.flatMap(\.fixes).prefix(3)) }
}
