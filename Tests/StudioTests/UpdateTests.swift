import Foundation
import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

struct UpdateTests {
  @discardableResult
  private func strike(_ state: inout StudioState, _ keys: Key...) -> [Effect] {
    var effects: [Effect] = []
    for key in keys { effects += update(&state, .input(.key(key))) }
    return effects
  }

  private func enqueued(_ effects: [Effect]) -> [NewJob] {
    var all: [NewJob] = []
    for case .enqueue(let jobs, _) in effects { all += jobs }
    return all
  }

  @Test func ctrlRRendersFromAnywhere() {
    for key in [Key.function(2), .function(3), .function(4), .function(5), .function(1), .control("p"), .control("o")] {
      var state = Samples.composing(100, 30)
      strike(&state, key)
      let jobs = enqueued(strike(&state, .control("r")))
      #expect(jobs.first?.recipe.prompt == PromptComposer.compose(Samples.slots, .en), "\(key)")
      #expect(jobs.first?.recipe.negativePrompt == "blurry, distorted")
    }
  }

  @Test func anEmptyPromptIsNotRendered() {
    var state = Samples.state(100, 30)
    #expect(strike(&state, .control("r")) == [])
    #expect(state.notice?.kind == .bad)
  }

  @Test func escClosesOneLayerAndNeverQuitsOrCancels() {
    var state = Samples.composing(100, 30)
    strike(&state, .function(9), .control("q"))
    #expect(state.layers.count == 2)
    strike(&state, Key(.escape))
    #expect(state.layers.count == 1)
    for _ in 0..<10 {
      let effects = strike(&state, Key(.escape))
      #expect(!effects.contains(.quit) && !effects.contains { if case .cancel = $0 { true } else { false } })
    }
    #expect(!state.isQuitting && state.render.watch != nil && state.layers.isEmpty)
  }

  @Test func quittingAsksOnlyWhileRendering() {
    var idle = Samples.state(100, 30)
    #expect(strike(&idle, .control("q")).contains(.quit))
    var busy = Samples.composing(100, 30)
    #expect(!strike(&busy, .control("q")).contains(.quit))
    #expect(strike(&busy, .character("y")).contains(.quit))
  }

  @Test func aRenderOfAnotherProcessKeepsNobody() {
    var state = Samples.state(100, 30)
    _ = update(&state, .queue([Samples.job(9, .running)]))
    #expect(state.isRendering && !state.isRenderingHere)
    #expect(strike(&state, .control("q")).contains(.quit))
  }

  @Test func aMarkedRenderIsComparedWithWhateverIsLookedAt() {
    var state = Samples.browsing(120, 34)
    strike(&state, .character("="))
    #expect(state.history.marked?.id == 39 && state.notice?.text.en.contains("#39") == true)
    strike(&state, Key(.down))
    #expect(StudioView.draw(state).grid.text.contains("compared with #39"))
    strike(&state, .character("="))
    #expect(state.history.marked?.id == 39 && state.notice?.text.en.contains("#39") == true)
    #expect(StudioView.draw(state).grid.text.contains("compared with #39"))
    strike(&state, Key(.up), .character("="))
    #expect(state.history.marked == nil && state.notice != nil)
  }

  @Test func cancellingAsks() {
    var state = Samples.composing(100, 30)
    #expect(strike(&state, .function(8)) == [])
    #expect(strike(&state, .character("n")) == [])
    strike(&state, .function(8))
    #expect(strike(&state, .character("y")) == [.cancel(42)])
    #expect(state.render.watch?.job.isCancelling == true)
  }

  /// What the question says about a render that ran for some seconds.
  private func question(_ seconds: Double, _ events: RenderEvent...) -> String {
    var state = Samples.state(100, 30)
    _ = update(&state, .news(.started(Samples.job(7, .running))))
    state.now += 60  // The model is opened: nothing to lose yet.
    for event in events { _ = update(&state, .news(.event(7, event))) }
    state.now += seconds
    strike(&state, .function(8))
    guard case .question(let question)? = state.layers.last else { return "" }
    return question.text.en
  }

  @Test func stoppingSaysWhetherARenderWouldGoOn() {
    let planned = RenderEvent.planned(Samples.plan)
    let first = RenderEvent.step(Samples.step(1, .highNoiseExpert))
    #expect(question(9, planned, first).contains("begins anew"))
    #expect(question(11, planned, first).contains("goes on from about here"))
    #expect(question(11, planned).contains("begins anew"), "no step is done")
    #expect(question(1, planned, .step(Samples.step(8, .lowNoiseExpert))).contains("goes on"), "it went on itself")
    #expect(question(1, planned, first, .decoding(Decoding(framesDone: 1, frameCount: 17))).contains("goes on"))
  }

  @Test func ofARenderElsewhereTheLedgerTells() {
    var state = Samples.state(100, 30)
    var job = Samples.job(9, .running)
    for (elapsed, words) in [(4.0, "begins anew"), (40, "goes on from about here")] {
      job.progress = JobProgress(stage: .denoise, done: 3, total: 20, component: .lowNoiseExpert, elapsed: elapsed)
      _ = update(&state, .queue([job]))
      strike(&state, .function(8))
      guard case .question(let question)? = state.layers.popLast() else { return #expect(Bool(false)) }
      #expect(question.text.en.contains(words))
    }
  }

  @Test func tabGoesThroughTheFieldsInOrder() {
    var state = Samples.state(100, 30)
    var seen: [ComposeState.Focus] = []
    for _ in 0..<8 {
      seen.append(state.compose.focus)
      strike(&state, Key(.tab))
    }
    #expect(seen == Slot.allCases.map { .slot($0) } + [.settings, .slot(.subject)])
    strike(&state, Key(.backtab), Key(.backtab))
    #expect(state.compose.focus == .settings)
  }

  @Test func aPasteOfTwentyLinesInsertsTextAndTriggersNothing() {
    var state = Samples.composing(100, 30)
    let text = (1...20).map { "line \($0) q r \t" }.joined(separator: "\n")
    let effects = update(&state, .input(.paste(text)))
    #expect(state.compose[.action].text.contains("line 20"))
    #expect(enqueued(effects).isEmpty && state.layers.isEmpty)
    #expect(effects.allSatisfy { if case .countTokens = $0 { true } else { false } })
    _ = StudioView.draw(state)
  }

  @Test func lateAnswersToOldQuestionsAreDropped() {
    var state = Samples.browsing(100, 30)
    let old = state.history.queried.value
    strike(&state, .character("/"), .character("x"))
    let page = JobPage(jobs: [Samples.job(1, .done)], next: nil)
    _ = update(&state, .page(page, isContinued: false, question: old))
    #expect(state.history.jobs.count == 6)
    _ = update(&state, .page(page, isContinued: false, question: state.history.queried.value))
    #expect(state.history.jobs.count == 1)
  }

  @Test func whatChangedMeanwhileIsReadWhenTheHistoryIsEntered() {
    var state = Samples.browsing(100, 30)
    func asks(_ effects: [Effect]) -> Bool { effects.contains { if case .findPage = $0 { true } else { false } } }
    strike(&state, .function(2))
    #expect(!asks(strike(&state, .function(3))))
    strike(&state, .function(2))
    #expect(!asks(update(&state, .ledgerChanged)))
    let effects = strike(&state, .function(3))
    #expect(asks(effects) && effects.contains { if case .countMatching = $0 { true } else { false } })
    // Once is enough.
    #expect(!asks(strike(&state, .function(2), .function(3))))
  }

  @Test func rerunKeepsTheSeedAndANewSeedDoesNot() {
    var state = Samples.browsing(100, 30)
    let same = enqueued(strike(&state, .character("r")))
    #expect(same.first?.recipe == state.history.selected?.recipe)
    #expect(same.first?.parent == 39)
    let other = enqueued(strike(&state, .character("R")))
    #expect(other.first?.recipe.seed != 39)
  }

  @Test func aPastPromptIsLoadedAsItWas() {
    for prompt in [PromptComposer.compose(Samples.slots, .en), "no punctuation  two  spaces", "一颗星，旋转。"] {
      var state = Samples.browsing(100, 30)
      state.history.jobs[1].recipe.prompt = prompt
      strike(&state, .character("e"))
      #expect(state.screen == .compose)
      #expect(state.compose.prompt(.en) == prompt)
      #expect(state.settings.recipe.seed == 39 && !state.settings.hasRandomSeed)
    }
  }

  @Test func aPastJobOfAnotherModelIsLoadedWithItsModel() {
    var state = Samples.browsing(100, 30)
    (state.history.jobs[1].recipe.model, state.history.jobs[1].recipe.steps) = ("/models/wan2.2", 33)
    let job = state.history.jobs[1]
    let effects = strike(&state, .character("e"))
    #expect(effects.contains(.openModel(ModelReference("/models/wan2.2"), loading: job)))
    #expect(state.compose.prompt(.en) == job.recipe.prompt && state.settings.recipe == Samples.recipe)
    #expect(state.notice?.text.en == "the prompt of #39 is loaded; its settings come once wan2.2 is open")
    var failed = state
    _ = update(&failed, .notLoaded(job, "no such folder"))
    #expect(failed.notice?.text.en == "of #39 only the prompt is loaded, not its settings: no such folder")
    var defaults = Samples.recipe
    (defaults.model, defaults.steps) = ("/models/wan2.2", 40)
    let opened = update(&state, .modelOpened(defaults, loading: job))
    #expect(opened.contains(.rememberModel(ModelReference("/models/wan2.2"))))
    #expect(state.settings.recipe == job.recipe && !state.settings.hasRandomSeed && state.settings.defaults == defaults)
    #expect(state.notice?.text.en.contains("seed 39 kept; wan2.2 renders") == true)
  }

  @Test func aModelThatOpensLateOverwritesNothing() {
    var state = Samples.browsing(100, 30)
    state.history.jobs[1].recipe.model = "/models/wan2.2"
    let job = state.history.jobs[1]
    strike(&state, .character("e"), .function(3), Key(.end), .character("e"))
    #expect(state.compose.parent == 35)
    #expect(update(&state, .modelOpened(job.recipe, loading: job)) == [])
    #expect(state.settings.recipe.model == "wan-nano" && state.settings.recipe.seed == 35)
  }

  @Test func deletingCanBeUndone() {
    var state = Samples.browsing(100, 30)
    #expect(strike(&state, .character("d")) == [.delete([39])])
    _ = update(&state, .deleted([39]))
    #expect(strike(&state, .character("u")) == [.restore([39])])
    #expect(state.whyDisabled(.undoDelete) != nil)
  }

  @Test func aRunningJobIsNotDeleted() {
    var state = Samples.browsing(100, 30, selection: 0)
    #expect(strike(&state, .character("d")) == [])
    #expect(state.notice?.kind == .bad)
  }

  @Test func digitsTypeASetting() {
    var state = Samples.state(100, 30)
    strike(&state, Key(.backtab))
    state.settings.field = .frames
    let effects = strike(&state, .character("3"), .character("3"), Key(.enter))
    #expect(state.settings.recipe.frameCount == 33)
    #expect(effects.contains { if case .plan(let recipe, _) = $0 { recipe.frameCount == 33 } else { false } })
    strike(&state, .character("x"))
    #expect(state.settings.entry == nil)
  }

  @Test func speedIsASettingLikeOthers() {
    var state = Samples.state(100, 30)
    strike(&state, Key(.backtab))
    state.settings.field = .speed
    _ = state.performInSettings(.valueUp)
    #expect(state.settings.recipe.speed == .balanced)
    _ = state.performInSettings(.resetValue)
    #expect(state.settings.recipe.speed == .plain)
    state.settings.recipe.stepCache = 0.5
    #expect(SettingField.speed.text(state.settings.recipe) == "own")
    var recipe = state.settings.recipe
    #expect(SettingField.speed.take("bal", &recipe) == nil && recipe.speed == .balanced)
    #expect(SettingField.speed.take("warp", &recipe) != nil)
  }

  @Test func aStepFromTheCacheIsNotShownAsComputed() {
    var watch = RenderWatch(Samples.job(42, .running), now: Samples.now)
    var step = Samples.step(3, .highNoiseExpert)
    step.passes = Passes(reused: 2)
    watch.take(.step(step), now: Samples.now)
    let look = Samples.state(100, 30).look
    #expect(RenderText.expert(watch, look) == "from cache")
    step.passes = Passes(full: 2)
    watch.take(.step(step), now: Samples.now)
    #expect(RenderText.expert(watch, look) == "high-noise")
  }

  @Test func aWrongValueIsSaidAndNotTaken() {
    var state = Samples.state(100, 30)
    strike(&state, Key(.backtab))
    state.settings.field = .steps
    strike(&state, .character("0"), Key(.enter))
    #expect(state.settings.recipe.steps == 20 && state.notice?.kind == .bad && state.settings.entry != nil)
  }

  @Test func absurdSizesAreRefused() {
    var recipe = Samples.recipe
    for typed in ["9999999999999x9999999999999", "0x16", "axb", "16", "16x16x16", "-16x16"] {
      #expect(SettingField.size.take(typed, &recipe) != nil, "\(typed)")
    }
    #expect(recipe == Samples.recipe)
  }

  @Test func ghostWordsAreTakenByRight() {
    var state = Samples.state(100, 30)
    state.compose.ghost = "m out"
    state.compose.focus = .slot(.camera)
    state.compose[.camera] = TextEditor("zoo")
    strike(&state, Key(.right))
    #expect(state.compose[.camera].text == "zoom out")
  }

  @Test func oneKeyAppliesAHint() {
    var state = Samples.composing(120, 34)
    let before = state.compose.hints.count
    #expect(before > 0)
    strike(&state, .alt("1"))
    #expect(state.compose.hints.count < before)
  }

  @Test func timeIsUnknownUntilTwoSteps() {
    var state = Samples.state(120, 34)
    _ = update(&state, .news(.started(Samples.job(7, .running))))
    _ = update(&state, .news(.event(7, .step(Samples.step(1, .highNoiseExpert)))))
    #expect(state.render.watch?.secondsLeft(state.now) == nil)
    _ = update(&state, .news(.event(7, .step(Samples.step(2, .highNoiseExpert)))))
    #expect(state.render.watch?.secondsLeft(state.now) == 18 * 0.21)
  }

  @Test func anIdleStudioWantsNoTimer() {
    #expect(Samples.state(100, 30).secondsToNextTick == nil)
    #expect(Samples.browsing(100, 30).secondsToNextTick == nil)
    var state = Samples.composing(100, 30)
    #expect(state.secondsToNextTick != nil)
    _ = update(&state, .news(.ended(Samples.job(42, .done))))
    state.now += 4
    _ = update(&state, .tick)
    #expect(state.notice == nil && state.secondsToNextTick == nil)
  }

  @Test func aThumbnailComesToRest() {
    var state = Samples.browsing(100, 30)
    let frame = Frame(width: 1, height: 1, rgb: [1, 2, 3])
    _ = update(&state, .thumbnail(39, Thumbnail(frames: [frame, frame], framesPerSecond: 8)))
    var ticks = 0
    while state.secondsToNextTick != nil, ticks < 100 {
      _ = update(&state, .tick)
      ticks += 1
    }
    #expect(ticks == 6)
  }

  @Test func theFirstStartOffersAPrompt() {
    var state = Samples.state(100, 30)
    _ = update(&state, .opened)
    _ = update(&state, .totals([:]))
    #expect(state.layers == [.welcome])
    #expect(enqueued(strike(&state, Key(.enter))).count == 1)
    #expect(state.layers.isEmpty)
  }

  @Test func whoTypesIntoTheWelcomeWritesAndLosesNothing() {
    for input in [[Input.key(.character("o")), .key(.character("k"))], [.paste("ok")]] {
      var state = Samples.state(100, 30)
      _ = update(&state, .opened)
      _ = update(&state, .totals([:]))
      let ready = state.compose.editor?.text ?? ""
      for event in input { _ = update(&state, .input(event)) }
      #expect(state.layers.isEmpty)
      #expect(state.compose.editor?.text.contains("ok") == true && state.compose.editor?.text.count == ready.count + 2)
    }
  }

  @Test func aRenderInAnotherProcessIsWatchedAndForgotten() {
    var state = Samples.state(120, 34)
    var job = Samples.job(9, .running)
    job.progress = JobProgress(stage: .denoise, done: 3, total: 20, component: .lowNoiseExpert, elapsed: 4)
    _ = update(&state, .queue([job]))
    #expect(state.render.watch?.done == 3)
    // What is over when one joins has its tick, though nobody told how long it took.
    let parts = RenderWatch.Part.allCases.filter { state.render.watch?.isOver($0) == true }
    #expect(parts == [.text, .high] && state.render.watch?.reached == .low)
    #expect(update(&state, .queue([])).contains(.readJob(9)))
    _ = update(&state, .job(Samples.job(9, .done)))
    #expect(state.render.watch == nil && state.render.last?.job.state == .done)
  }

  @Test func variationsAreOneBatch() {
    var state = Samples.composing(100, 30)
    strike(&state, .function(9), .control("u"))
    _ = update(&state, .input(.paste("shift 3 5 8")))
    let effects = strike(&state, Key(.enter))
    #expect(enqueued(effects).map(\.recipe.shift) == [3, 5, 8])
    #expect(Set(enqueued(effects).map(\.recipe.seed)).count == 1)
  }

  @Test(arguments: [
    ("frames 17 18 19", "frames 18: 18 frames are not possible"), ("shift 3 0", "shift 0: the shift cannot be 0.0"),
    ("boundary 0.5 2", "boundary 2: the boundary cannot be 2.0"), ("steps 0", "steps 0: the steps cannot be 0"),
  ])
  func variationsThatAreImpossibleAreRefused(typed: String, why: String) {
    var state = Samples.composing(100, 30)
    _ = update(
      &state,
      .planned(PlanReport(plan: Samples.plan, verdict: .fits), question: state.settings.planned.value))
    strike(&state, .function(9), .control("u"))
    _ = update(&state, .input(.paste(typed)))
    #expect(strike(&state, Key(.enter)) == [])
    guard case .input(let line)? = state.layers.last else { return #expect(Bool(false)) }
    #expect(line.problem?.en.hasPrefix(why) == true, "\(line.problem?.en ?? "")")
  }

  @Test func keepersAreMarkedOnTheContactSheetAndGoOn() {
    var state = Samples.browsing(120, 34)
    let jobs = [Samples.job(50, .done), Samples.job(51, .done, "the second one, blue")]
    let batch = Batch(id: 3, variations: .seeds([50, 51]), createdAt: Samples.now, jobs: jobs)
    #expect(update(&state, .batch(batch)) == [.readThumbnail(50), .readThumbnail(51)])
    #expect(strike(&state, Key(.right), .character("f")) == [.setFavourite(51, true)])
    #expect(StudioView.draw(state).grid.text.contains("seed 51 ♥"))
    strike(&state, Key(.enter))
    #expect(state.screen == .compose && state.compose.parent == 51 && state.layers.isEmpty)
  }

  @Test func aDraftComesBack() {
    var state = Samples.composing(100, 30)
    strike(&state, .control("f"))
    var again = Samples.state(100, 30)
    again.restore(state.draft)
    #expect(again.draft == state.draft)
    #expect(again.compose.prompt(.en) == state.compose.prompt(.en))
  }

  @Test func clicksFindWhatTheySee() {
    var state = Samples.composing(120, 34)
    _ = update(&state, .input(.mouse(Mouse(.press(.left), at: Point(x: 14, y: 4)))))
    #expect(state.compose.focus == .slot(.scene))
    #expect(state.compose[.scene].cursor == 3)
    _ = update(&state, .input(.mouse(Mouse(.press(.left), at: Point(x: 27, y: 0)))))
    #expect(state.screen == .history)
    state.options.hasMouse = false
    _ = update(&state, .input(.mouse(Mouse(.press(.left), at: Point(x: 12, y: 0)))))
    #expect(state.screen == .history)
  }
}
