import Foundation
import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// Finding, choosing and verifying models on the screen.
struct ModelsScreenTests {
  private func press(_ state: inout StudioState, _ key: Key) -> [Effect] { update(&state, .input(.key(key))) }

  private func browsing() -> StudioState { Samples.models(110, 30) }

  @Test func choosingAModelIsRememberedOnceItIsOpen() {
    var state = browsing()
    #expect(state.models.selected?.title == "wan-nano")
    _ = press(&state, Key(.down))
    #expect(press(&state, Key(.enter)) == [.openModel(ModelReference("/models/wan2.2"))])
    var defaults = Samples.recipe
    defaults.model = "/models/wan2.2"
    let effects = update(&state, .modelOpened(defaults))
    #expect(effects.contains(.rememberModel(ModelReference("/models/wan2.2"))))
    #expect(state.settings.recipe.model == "/models/wan2.2")
    #expect(state.notice?.text.en == "wan2.2 renders from now on, with its own settings")
  }

  @Test func theModelInUseKeepsItsSettings() {
    var state = browsing()
    state.settings.recipe.steps = 33
    #expect(press(&state, Key(.enter)).isEmpty)
    #expect(state.settings.recipe.steps == 33 && state.notice?.text.en == "wan-nano is in use already")
  }

  @Test func aDamagedModelIsNotChosen() {
    var state = browsing()
    _ = press(&state, Key(.end))
    #expect(press(&state, Key(.enter)).isEmpty)
    #expect(state.notice?.kind == .bad && state.notice?.text.en.contains("truncated") == true)
  }

  @Test func verifyingShowsHowFarItIs() {
    var state = browsing()
    _ = press(&state, Key(.down))
    let id = ModelReference("/models/wan2.2")
    #expect(press(&state, .character("v")) == [.verifyModel(id, question: 1)])
    _ = update(&state, .verifying(bytesDone: 3 << 30, bytesTotal: 28 << 30, question: 1))
    // Counts come from several threads, and never go back.
    _ = update(&state, .verifying(bytesDone: 2 << 30, bytesTotal: 28 << 30, question: 1))
    #expect(state.models.check?.bytesDone == 3 << 30)
    #expect(StudioView.draw(state).grid.text.contains("3.00 GiB / 28.00 GiB"))
    let effects = update(&state, .verified([], question: 1))
    #expect(effects == [.findModels] && state.models.check == nil)
    #expect(state.notice?.text.en == "wan2.2 is sound")
    // The list that comes then keeps the selection.
    _ = update(&state, .models(state.models.found))
    #expect(state.models.selected?.id == id)
  }

  @Test func problemsAreTold() {
    var state = browsing()
    _ = press(&state, .character("v"))
    _ = update(&state, .verified(["shard 3 is wrong; fetch it again", "and another"], question: 1))
    #expect(state.notice?.kind == .bad && state.notice?.text.en == "shard 3 is wrong; fetch it again (+1)")
  }

  @Test func theSameKeyStopsAndLateNewsIsDropped() {
    var state = browsing()
    _ = press(&state, .character("v"))
    #expect(press(&state, .character("v")) == [.stopVerifying])
    #expect(state.models.check == nil)
    _ = update(&state, .verifying(bytesDone: 1, bytesTotal: 2, question: 1))
    #expect(update(&state, .verified(["late"], question: 1)).isEmpty && state.models.check == nil)
    // Another model in place of the first one.
    _ = press(&state, .character("v"))
    _ = press(&state, Key(.down))
    let effects = press(&state, .character("v"))
    guard case .verifyModel(let id, _)? = effects.first, effects.count == 1 else {
      return #expect(Bool(false), "\(effects)")
    }
    #expect(id == ModelReference("/models/wan2.2") && state.models.check?.id == id)
  }

  @Test func aFailedRenderOffersToVerifyItsModel() {
    var state = Samples.browsing(110, 30, selection: 2)
    #expect(StudioView.draw(state).grid.text.contains("Verify the model of this render"))
    let effects = press(&state, .character("v"))
    #expect(state.screen == .models)
    #expect(effects.contains { if case .verifyModel(ModelReference("wan-nano"), _) = $0 { true } else { false } })
    // A second time it goes on.
    _ = press(&state, .function(3))
    let again = press(&state, .character("v"))
    #expect(!again.contains(.stopVerifying) && state.models.check != nil)
  }

  @Test func anExpertOfItsOwnMakesAnotherModel() {
    var state = browsing()
    var defaults = Samples.recipe
    defaults.experts = ExpertFiles(high: "/h.gguf")
    _ = update(&state, .modelOpened(defaults))
    #expect(!StudioView.draw(state).grid.text.contains("\(state.look.signs.on) wan-nano"))
  }
}
