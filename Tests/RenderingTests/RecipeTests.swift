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

  @Test func aStepLargerThanAnyPictureIsNoTrap() {
    var recipe = Recipe(prompt: "p", model: "m")
    recipe.height = 1 << 20
    let error = #expect(throws: RenderError.self) { try recipe.check(on: ClipGrid(width: 16, height: 1 << 20)) }
    #expect(error?.code == .badRecipe)
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
    #expect(problem { $0.stepCache = -0.1 } != nil)
    #expect(problem { $0.stepCache = .nan } != nil)
    #expect(problem { $0.skipGuidanceAfter = 1.1 } != nil)
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

  @Test(arguments: [
    ("frame_count", "5.5"), ("seed", "-1"), ("seed", "18446744073709551616"), ("width", "1e30"), ("steps", "0.1"),
  ])
  func aNumberThatDoesNotFitIsNamed(_ field: String, _ number: String) throws {
    let json = try Recipe(prompt: "p", model: "m", seed: 7).json()
    let damaged = json.replacing(try Regex("\"\(field)\":[0-9]+"), with: "\"\(field)\":\(number)")
    #expect(damaged != json)
    let error = #expect(throws: RenderError.self) { try Recipe(json: damaged) }
    #expect(error?.what.contains("its \(field) cannot be") == true, "\(error?.what ?? "")")
  }

  @Test func lorasTravelAndRecipesFromBeforeThemAreRead() throws {
    var recipe = Recipe(prompt: "p", model: "m")
    let old = try recipe.json()
    #expect(!old.contains("loras"))
    #expect(try Recipe(json: old) == recipe)
    recipe.loras = [LoRAUse(path: "/a", strength: 0.5, expert: .lowNoiseExpert), LoRAUse(path: "/b")]
    #expect(try Recipe(json: recipe.json()) == recipe)
  }

  @Test func sparedPassesTravelAndRecipesWithoutThemAreAsBefore() throws {
    var recipe = Recipe(prompt: "p", model: "m")
    let old = try recipe.json()
    #expect(!old.contains("step_cache") && !old.contains("skip_guidance"))
    #expect(recipe.speed == .plain && recipe.speedText == "plain")
    recipe.use(.balanced)
    #expect(try Recipe(json: recipe.json()) == recipe)
    #expect(recipe.speedText == "balanced")
    let plain = try Recipe(json: old)
    #expect(JobDifference(from: plain, to: recipe).summary == "speed plain → balanced; seed same")
    // Nobody expects the same frames.
    #expect(JobDifference(from: plain, to: recipe).reasonForOtherFrames("a", "b") == nil)
    recipe.use(.plain)
    #expect(try recipe.json() == old)
    (recipe.stepCache, recipe.skipGuidanceAfter) = (0.25, 0.5)
    #expect(recipe.speed == nil && recipe.speedText == "step cache 0.25, guidance for 0.5 of the steps")
  }

  @Test func theDistilledPresetBringsItsSettings() {
    var recipe = Recipe(prompt: "p", model: "m")
    let defaults = recipe
    recipe.use(.distilled)
    #expect(recipe.steps == 4 && recipe.shift == 5 && recipe.guidance == Guidance(high: 1, low: 1))
    #expect(recipe.sampler == .euler && recipe.preset == .distilled && recipe.boundary == defaults.boundary)
    recipe.use(.official, defaults: defaults)
    #expect(recipe == defaults)
    recipe.use(.diffusers)
    #expect(recipe.steps == defaults.steps && recipe.sampler == defaults.sampler)
  }

  @Test(arguments: [
    ("/l/Wan2.2-T2V-A14B-4steps-lora-rank64/high_noise_model.safetensors", true),
    ("/l/wan2.2_t2v_A14b_high_noise_lora_rank64_lightx2v_4step_1217.safetensors", true),
    ("/l/Wan22_Lightning_T2V_4-Steps.safetensors", true), ("/l/lightning-high.safetensors", true),
    ("/l/style.safetensors", false), ("/lightning/styles/high.safetensors", false),
  ])
  func aLoRAOfFewStepsWantsNoGuidance(_ path: String, _ isDistilled: Bool) {
    var recipe = Recipe(prompt: "p", model: "m", loras: [LoRAUse(path: path)])
    #expect((recipe.distilledHint != nil) == isDistilled)
    #expect(recipe.distilledHint?.contains("4/3") ?? true)
    recipe.guidance = Guidance(high: 1, low: 1)
    #expect(recipe.distilledHint == nil)
    // One expert may have guidance, if the LoRA is for the other.
    recipe.guidance = Guidance(high: 3.5, low: 1)
    recipe.loras[0].expert = .lowNoiseExpert
    #expect(recipe.distilledHint == nil)
    recipe.loras[0].expert = .highNoiseExpert
    #expect((recipe.distilledHint != nil) == isDistilled)
  }
}
