import Testing

@testable import Rendering

@Suite struct RecipeTests {
  private func problem(_ change: (inout Recipe) -> Void) -> String? {
    var recipe = Recipe(prompt: "a red ball", model: "m")
    change(&recipe)
    do {
      try recipe.check()
      return nil
    } catch {
      #expect(error.code == .badRecipe)
      return error.sentence
    }
  }

  @Test func aDefaultRecipePasses() {
    #expect(problem { _ in } == nil)
    #expect(problem { $0.frameCount = 1 } == nil)
  }

  @Test func impossibleNumbersOfferTheNearest() {
    #expect(problem { $0.width = 490 }?.hasSuffix("use 480 or 496") == true)
    #expect(problem { $0.height = 0 }?.hasSuffix("use 16") == true)
    #expect(problem { $0.height = -16 }?.hasSuffix("use 16") == true)
    #expect(problem { $0.width = .max }?.hasSuffix("use 8192") == true)
    #expect(problem { $0.frameCount = 80 }?.hasSuffix("use 77 or 81") == true)
    #expect(problem { $0.frameCount = 0 }?.hasSuffix("use 1") == true)
    #expect(problem { $0.frameCount = .min }?.hasSuffix("use 1") == true)
    #expect(problem { $0.frameCount = .max }?.hasSuffix("use 100001") == true)
  }

  @Test(arguments: [
    (848, 480, 81, "use 832 or 864"), (832, 470, 81, "use 448 or 480"), (832, 480, 83, "use 81 or 85"),
    (8, 480, 81, "use 32"), (8200, 480, 81, "use 8192"),
  ])
  func adviceComesFromTheModelsGrid(_ width: Int, _ height: Int, _ frames: Int, _ remedy: String) {
    var recipe = Recipe(prompt: "a red ball", model: "m")
    (recipe.width, recipe.height, recipe.frameCount) = (width, height, frames)
    let error = #expect(throws: RenderError.self) { try recipe.check(on: ClipGrid(width: 32, height: 32)) }
    #expect(error?.remedy == remedy)
  }

  @Test func theNearestSizeIsOnTheGrid() {
    let grid = ClipGrid(width: 32, height: 48, frames: 6)
    #expect(grid.size(near: 840, 470) == (832, 480))
    #expect(grid.size(near: 1, 1e9) == (32, 8208))
    #expect([-5, 1, 6, 7, 13].map(grid.frameCount) == [1, 1, 1, 7, 13])
  }

  @Test func everyOtherNumberHasBounds() {
    #expect(problem { $0.framesPerSecond = 0 } != nil)
    #expect(problem { $0.steps = 0 } != nil)
    #expect(problem { $0.steps = .max } != nil)
    #expect(problem { $0.shift = .nan } != nil)
    #expect(problem { $0.guidance.high = -1 } != nil)
    #expect(problem { $0.guidance.low = .infinity } != nil)
    #expect(problem { $0.boundary = 1.5 } != nil)
  }

  @Test(arguments: ["", "  ", "\n\t"]) func anEmptyPromptHasAWayOut(prompt: String) {
    #expect(problem { $0.prompt = prompt }?.contains("say what the clip shows") == true)
  }

  @Test func jsonKeepsEverything() throws {
    var recipe = Recipe(prompt: "a \"red\"\nball 红 🎬 / \\", model: "m", seed: .max)
    recipe.shift = 0.1 + 0.2
    let json = try recipe.json()
    #expect(!json.contains("\n"))
    #expect(json.contains("\"frames_per_second\":16"))
    #expect(json.contains("\"seed\":18446744073709551615"))
    #expect(try Recipe(json: json) == recipe)
  }

  @Test func damagedJSONIsExplained() {
    for (json, says) in [("", "not JSON"), ("{}", "missing"), ("[1]", "not JSON")] {
      do {
        _ = try Recipe(json: json)
        Issue.record("accepted \(json)")
      } catch {
        #expect(error.sentence.contains(says), "\(error.sentence)")
      }
    }
  }

  @Test func lorasTravelAndRecipesFromBeforeThemAreRead() throws {
    var recipe = Recipe(prompt: "p", model: "m")
    let old = try recipe.json()
    #expect(!old.contains("loras"))
    #expect(try Recipe(json: old) == recipe)
    recipe.loras = [LoRAUse(path: "/a", strength: 0.5, expert: .lowNoiseExpert), LoRAUse(path: "/b")]
    #expect(try Recipe(json: recipe.json()) == recipe)
  }
}
