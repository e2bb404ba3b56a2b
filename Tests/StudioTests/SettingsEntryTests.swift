import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// A value that is being typed is taken, or says why not: it is never thrown away.
struct SettingsEntryTests {
  private func typing(_ field: SettingField, _ text: String) -> StudioState {
    var state = Samples.composing(120, 34)
    state.compose.focus = .settings
    state.settings.field = field
    strike(&state, Key(.enter))
    state.settings.entry = TextEditor(text)
    return state
  }

  @discardableResult
  private func strike(_ state: inout StudioState, _ keys: Key...) -> [Effect] {
    keys.flatMap { update(&state, .input(.key($0))) }
  }

  private func jobs(_ effects: [Effect]) -> [NewJob] {
    effects.flatMap { if case .enqueue(let jobs, _) = $0 { jobs } else { [NewJob]() } }
  }

  @Test func renderingTakesTheTypedValue() {
    var state = typing(.frames, "33")
    #expect(jobs(strike(&state, .control("r"))).map(\.recipe.frameCount) == [33])
    #expect(state.settings.entry == nil)
  }

  @Test(arguments: [
    Key(.tab), Key(.backtab), .function(2), .function(3), .function(4), .function(5), .function(6), .function(9),
    .control("o"), .alt("2"),
  ])
  func everyWayOutTakesIt(key: Key) {
    var state = typing(.steps, "33")
    strike(&state, key)
    #expect(state.settings.recipe.steps == 33 && state.settings.entry == nil)
    #expect(state.settings.waitsSince != nil)
  }

  @Test(arguments: [
    Key(.tab), Key(.backtab), .control("r"), .function(3), .function(4), .function(5), .function(6), .function(9),
    .alt("5"),
  ])
  func aValueThatCannotBeTakenStays(key: Key) {
    var state = typing(.steps, "0")
    #expect(strike(&state, key) == [])
    #expect(state.settings.entry?.text == "0" && state.notice?.kind == .bad)
    #expect(state.compose.focus == .settings && state.screen == .compose && state.layers.isEmpty && !state.isZoomed)
    // Esc is how to leave it.
    strike(&state, Key(.escape))
    #expect(state.settings.entry == nil && state.settings.recipe.steps == 20)
  }

  @Test func clicksTakeItToo() {
    let layout = ComposeLayout(typing(.steps, "33"))
    let scene = layout.fields[.slot(.scene)] ?? layout.left
    for place in [scene.origin, Point(x: layout.settings.x + 2, y: layout.settings.y + 1)] {
      var state = typing(.steps, "33")
      _ = update(&state, .input(.mouse(Mouse(.press(.left), at: place))))
      #expect(state.settings.recipe.steps == 33 && state.settings.entry == nil, "\(place)")
      state = typing(.steps, "0")
      _ = update(&state, .input(.mouse(Mouse(.press(.left), at: place))))
      #expect(state.settings.field == .steps && state.settings.entry?.text == "0" && state.notice?.kind == .bad)
    }
  }

  @Test func theWheelLeavesItToo() {
    var state = typing(.steps, "33")
    _ = update(&state, .input(.mouse(Mouse(.wheelUp, at: Point(x: 3, y: 3)))))
    #expect(state.settings.recipe.steps == 33 && state.settings.field == .size && state.settings.entry == nil)
  }

  @Test func aValueThatBeginsLikeTheOldOneIsTypedWhole() {
    var state = Samples.composing(120, 34)
    state.compose.focus = .settings
    (state.settings.field, state.settings.recipe.shift) = (.shift, 4)
    strike(&state, Key(.enter), .character("4"), .character("."), .character("5"), Key(.enter))
    #expect(state.settings.recipe.shift == 4.5)
  }

  @Test func blanksPartNoNumbers() {
    var recipe = Samples.recipe
    for (field, typed) in [
      (SettingField.guidance, "3 4"), (.guidance, "3 4/5"), (.seed, "7 8"), (.frames, "1 7"), (.shift, "4 .5"),
      (.size, "1 28x80"), (.size, "128 80"), (.sampler, "un ipc"),
    ] {
      #expect(field.take(typed, &recipe) != nil, "\(typed)")
    }
    #expect(recipe == Samples.recipe)
    for (field, typed) in [
      (SettingField.guidance, " 3 / 2 "), (.size, "128 × 80"), (.seed, " 78\u{3000}"), (.sampler, " euler "),
    ] {
      #expect(field.take(typed, &recipe) == nil, "\(typed)")
    }
    #expect(recipe.guidance == Guidance(high: 3, low: 2) && recipe.seed == 78 && recipe.sampler == .euler)
    #expect((recipe.width, recipe.height) == (128, 80))
  }

  private func drafts(_ effects: [Effect]) -> [Draft] {
    effects.compactMap { if case .saveDraft(let draft) = $0 { draft } else { nil } }
  }

  @Test func aChangedSettingIsInTheDraft() {
    var state = typing(.steps, "33")
    #expect(drafts(strike(&state, Key(.enter))).map(\.recipe.steps) == [33])
    #expect(drafts(strike(&state, .character("l"), .character("h"))).isEmpty, "nothing has changed")
    // While a value is stepped the disk rests.
    #expect(drafts(strike(&state, Key(.right), Key(.right), Key(.right))).isEmpty)
    #expect(drafts(strike(&state, .character("l"))).map(\.recipe.steps) == [36])
    #expect(drafts(strike(&state, .character("r"))).map(\.hasRandomSeed) == [false])
    strike(&state, Key(.right))
    #expect(drafts(strike(&state, Key(.tab))).count == 1)
  }

  @Test func presetsAndModelsAreInTheDraftToo() {
    var state = Samples.composing(120, 34)
    #expect(drafts(strike(&state, .alt("5"))).map(\.recipe.steps) == [8])
    var defaults = Samples.recipe
    defaults.model = "/models/wan2.2"
    #expect(drafts(update(&state, .modelOpened(defaults))).map(\.recipe.model) == ["/models/wan2.2"])
    state = Samples.state(120, 34)
    _ = update(&state, .opened)
    #expect(drafts(strike(&state, .function(3))).isEmpty)
  }

  @Test func aRandomSeedThatWasOnlyLookedAtStaysRandom() {
    var state = Samples.composing(120, 34)
    state.compose.focus = .settings
    state.settings.field = .seed
    strike(&state, Key(.enter), Key(.tab))
    #expect(state.settings.hasRandomSeed && state.settings.entry == nil)
  }

  @Test func leftAndRightStopAtTheFirstAndTheLastSetting() {
    var state = Samples.composing(120, 34)
    state.compose.focus = .settings
    state.settings.field = .model
    strike(&state, .character("h"), .character("h"))
    #expect(state.compose.focus == .settings && state.settings.field == .model)
    state.settings.field = .speed
    strike(&state, .character("l"), Key(.character(" ")))
    #expect(state.compose.focus == .settings && state.settings.field == .speed)
    strike(&state, Key(.down))
    #expect(state.compose.focus == .slot(.subject))
  }
}
