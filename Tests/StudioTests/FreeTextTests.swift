import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// One free text gets the advice that holds for any text, and fixes that leave the rest of it alone.
struct FreeTextTests {
  private func free(_ text: String) -> StudioState {
    var state = Samples.state(120, 34)
    _ = update(&state, .input(.key(.control("f"))))
    _ = update(&state, .input(.paste(text)))
    return state
  }

  @Test(arguments: [
    ("A red ball bounces in a room, static shot, slow pan to the left.", Hint.Rule.contradiction),
    ("A lonely man walks along a road, symbolising hope, soft light.", .metaphor),
    ("一个 red ball 在房间中弹跳，柔光。", .tangledLanguages),
    ("A man stands in a field.", .stillClip),
  ])
  func whatHoldsForAnyTextIsSaid(text: String, rule: Hint.Rule) {
    let state = free(text)
    #expect(state.compose.hints.map(\.rule).contains(rule), "\(state.compose.hints.map(\.message.en))")
    #expect(!state.compose.hints.contains { $0.rule == .missingSlot || $0.rule == .emptyNegative })
  }

  @Test func aFixChangesTheTextAndNothingElse() {
    var state = free("A red ball bounces in a room ,  static shot, slow pan to the left !")
    #expect(!state.fixes.isEmpty)
    _ = update(&state, .input(.key(.alt("1"))))
    #expect(state.compose.isFree)
    #expect(state.compose.freeText.text.hasPrefix("A red ball bounces in a room ,  static shot"))
    #expect(!state.compose.hints.contains { $0.rule == .contradiction })
    _ = update(&state, .input(.key(.alt("z"))))
    #expect(state.compose.freeText.text.hasSuffix("slow pan to the left !"))
  }

  @Test func wordsThatStandApartAreNotRewritten() {
    var fixed = PromptSplitter.split("a ball bounces, static shot")
    fixed[.camera] = "zoom in"
    #expect(FreeText("a ball bounces, static shot").rewritten(as: fixed) == "a ball bounces, zoom in")
    #expect(FreeText("static shot, a ball bounces, static shot").rewritten(as: fixed) == nil)
  }

  @Test func theScreenSaysThatItIsReadAsItStands() {
    #expect(StudioView.draw(free("A ball bounces.")).grid.text.contains("the text as it stands"))
  }
}
