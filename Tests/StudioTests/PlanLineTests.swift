import Foundation
import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// The plan line speaks of the settings that are shown, and says all of what would fit.
struct PlanLineTests {
  private let fitting = PlanReport(plan: Samples.plan, verdict: .fits)

  private func planned() -> StudioState {
    var state = Samples.state(120, 34)
    _ = update(&state, .opened)
    _ = update(&state, .planned(fitting, question: state.settings.planned.value))
    return state
  }

  private func text(_ state: StudioState) -> String { StudioView.draw(state).grid.text }

  @Test func anOldVerdictDoesNotStandForNewSettings() {
    var state = planned()
    #expect(text(state).contains("✓ fits"))
    #expect(state.secondsToNextTick == nil)
    state.settings.recipe.steps = 99
    _ = state.recipeChanged()
    // For a moment nothing flickers, then it is told.
    #expect(text(state).contains("✓ fits"))
    state.now += state.secondsToNextTick ?? 0
    _ = update(&state, .tick)
    #expect(!text(state).contains("✓ fits") && text(state).contains("is being made…"))
    #expect(state.secondsToNextTick == nil)
    let question = state.settings.planned.value
    _ = update(&state, .planned(fitting, question: question - 1))
    #expect(!text(state).contains("✓ fits"), "the answer to an older question")
    _ = update(&state, .planned(fitting, question: question))
    #expect(text(state).contains("✓ fits") && state.settings.waitsSince == nil)
  }

  @Test func keysStruckMeanwhileDoNotBeginTheMomentAgain() {
    var state = planned()
    for _ in 0..<4 {
      state.settings.recipe.steps += 1
      _ = state.recipeChanged()
      state.now += 0.1
    }
    #expect(state.settings.isPlanLate(state.now))
  }

  @Test func theSameSettingsKeepTheirVerdict() {
    var state = planned()
    _ = state.askForPlan()
    #expect(state.settings.waitsSince == nil)
  }

  @Test func aVerdictOnOtherSettingsForbidsNothing() {
    var state = planned()
    state.compose[.subject] = TextEditor("a red ball")
    _ = update(
      &state,
      .planned(
        PlanReport(plan: nil, verdict: .impossible(RenderError(.badRecipe, "no"))),
        question: state.settings.planned.value))
    #expect(state.whyDisabled(.render) != nil)
    state.settings.recipe.steps = 7
    _ = state.recipeChanged()
    #expect(state.whyDisabled(.render) == nil)
    // What the model's grid refuses needs no plan.
    state.settings.recipe.width = 130
    #expect(state.whyDisabled(.render)?.en.contains("130") == true)
  }

  @Test(arguments: [(120, 34), (80, 24), (60, 24), (200, 60)])
  func whatWouldFitIsReadToItsEnd(width: Int, height: Int) {
    var state = Samples.composing(width, height)
    let error = RenderError(
      .badRecipe, "the width 130 is not a multiple of 16 between 16 and 8192", remedy: "use 128 or 144")
    state.settings.plan?.verdict = .impossible(error)
    let left = ComposeLayout(state).plan
    let lines = text(state).split(separator: "\n", omittingEmptySubsequences: false)
    let shown = (left.y..<left.endY).map { y in
      String(lines[y].prefix(left.endX)).trimmingCharacters(in: .whitespaces)
    }
    #expect(shown.joined(separator: " ") == "✗ " + error.sentence)
    #expect(ComposeLayout(state).fields.count == 6)
    var larger = Samples.recipe
    (larger.width, larger.height, larger.frameCount) = (6656, 6656, 9)
    state.settings.plan?.verdict = .tooLarge([
      PlanProposal(.precision(.fast), recipe: larger), PlanProposal(.frames(9), recipe: larger),
      PlanProposal(.size(width: 6656, height: 6656), recipe: larger),
    ])
    let words = text(state).split { $0 == " " || $0 == "\n" }
    #expect(words.contains("6656×6656") && words.contains("fits"))
  }
}
