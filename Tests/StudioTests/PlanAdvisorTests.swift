import Rendering
import Testing

@testable import Studio

struct PlanAdvisorTests {
  /// A byte for each pixel of each frame.
  private func plan(_ recipe: Recipe) -> Plan {
    let bytes = recipe.width * recipe.height * recipe.frameCount
    return Plan(
      phases: [.init(component: .vae, anonymousBytes: bytes, mappedBytes: 0)], tokens: 0, latentShape: [])
  }

  private var recipe: Recipe {
    var recipe = Samples.recipe
    recipe.prompt = "x"
    return recipe
  }

  @Test func whatFitsFits() {
    #expect(PlanAdvisor.verdict(recipe, availableBytes: 1 << 30, plan: plan).verdict == .fits)
  }

  @Test func whatDoesNotFitSaysWhatWould() {
    let available = 160 * 96 * 14
    guard case .tooLarge(let suggestions) = PlanAdvisor.verdict(recipe, availableBytes: available, plan: plan).verdict
    else { return #expect(Bool(false), "17 frames do not fit where 14 do") }
    #expect(suggestions.first?.recipe.frameCount == 13)
    for suggestion in suggestions {
      #expect(plan(suggestion.recipe).peakAnonymousBytes <= available)
      #expect(throws: Never.self) { try suggestion.recipe.check() }
    }
    #expect(suggestions.count == 2)
  }

  /// TI2V-5B goes by 32 pixels.
  @Test func adviceKeepsToTheModelsOwnSteps() throws {
    let grid = ClipGrid(width: 32, height: 32, frames: 8)
    var recipe = recipe
    (recipe.width, recipe.height, recipe.frameCount) = (160, 96, 17)
    let available = 160 * 96 * 14
    guard
      case .tooLarge(let suggestions) =
        PlanAdvisor.verdict(recipe, on: grid, availableBytes: available, plan: plan).verdict
    else { return #expect(Bool(false), "17 frames do not fit where 14 do") }
    #expect(suggestions.map(\.recipe.frameCount) == [9, 17])
    for suggestion in suggestions { #expect(throws: Never.self) { try grid.check(suggestion.recipe) } }
    recipe.width = 144
    guard
      case .impossible(let error) = PlanAdvisor.verdict(recipe, on: grid, availableBytes: .max, plan: plan).verdict
    else { return #expect(Bool(false), "144 is no multiple of 32") }
    #expect(error.remedy == "use 128 or 160")
  }

  @Test func theImpossibleIsSaid() {
    var recipe = recipe
    recipe.frameCount = 18
    guard case .impossible(let error) = PlanAdvisor.verdict(recipe, availableBytes: .max, plan: plan).verdict else {
      return #expect(Bool(false), "18 is not 4n+1")
    }
    #expect(error.remedy == "use 17 or 21")
  }
}
