import ArgumentParser
import Production
import Rendering
import Testing

@testable import moviola

/// The options that spare passes, what is told of them, and how their cost is measured.
@Suite struct SpeedTests {
  private func recipe(_ line: String...) throws -> Recipe {
    var recipe = Recipe(prompt: "p", model: "m")
    try RenderCommand.parse(["p"] + line).options.apply(to: &recipe)
    return recipe
  }

  @Test func optionsReachTheRecipe() throws {
    let plain = Recipe(prompt: "p", model: "m")
    #expect(try recipe("--speed", "plain") == plain)
    #expect(try recipe("--step-cache", "0", "--skip-guidance-after", "1") == plain)
    let balanced = try recipe("--speed", "balanced")
    #expect(balanced.speed == .balanced && balanced.stepCache != nil && balanced.skipGuidanceAfter != nil)
    let own = try recipe("--speed", "balanced", "--step-cache", "0.3")
    #expect(own.stepCache == 0.3 && own.skipGuidanceAfter == balanced.skipGuidanceAfter && own.speed == nil)
    #expect(throws: (any Error).self) { try recipe("--speed", "warp") }
    #expect(try RenderCommand.parse(["p", "--no-text-cache"]).options.limits.usesTextCache == false)
    #expect(try RenderCommand.parse(["p"]).options.limits.usesTextCache)
  }

  private func step(_ index: Int, _ passes: Passes?) -> DenoisingStep {
    DenoisingStep(
      index: index, count: 4, expert: .highNoiseExpert, sigma: 0.5, timestep: 500, seconds: 1, preview: [],
      passes: passes)
  }

  @Test func aStepFromTheCacheSaysSo() throws {
    let line = try #require(EventLine.make(.engine(.step(step(3, Passes(reused: 2))))))
    #expect(line.contains("\"passes\":{\"full\":0,\"reused\":2,\"skipped\":0}"))
    var recipe = Recipe(prompt: "p", model: "m", steps: 4)
    recipe.use(.balanced)
    var progress = RenderProgress(recipe: recipe)
    func text() -> String {
      ProgressLine(progress: progress, style: TerminalStyle(hasColour: false, hasUnicode: true), memory: 1)
        .text(columns: 110, now: 0)
    }
    _ = progress.receive(.engine(.step(step(1, Passes(full: 2)))), at: 1)
    let computed = text()
    _ = progress.receive(.engine(.step(step(2, Passes(reused: 2)))), at: 2)
    #expect(!computed.contains("from cache") && text().contains("from cache") && text().count == computed.count)
    _ = progress.receive(.engine(.step(step(3, Passes(full: 1, skipped: 1)))), at: 3)
    #expect(text().contains("unguided"))
    let said = progress.receive(.engine(.decoding(Decoding(framesDone: 1, frameCount: 5))), at: 4)
    #expect(said.first?.hasSuffix("; of 6 passes 2 from the step cache, 1 left out") == true)
  }

  @Test func aTextFromTheCacheIsNotSaidToBeEncoded() {
    var progress = RenderProgress(recipe: Recipe(prompt: "p", model: "m"))
    let text = TextEncoded(
      promptTokens: 7, negativeTokens: 1, seconds: 0, promptFromCache: true, negativeFromCache: true)
    let said = progress.receive(.engine(.textEncoded(text)), at: 1)
    #expect(said.first?.hasPrefix("Text from the cache: 7 tokens, negative 1") == true)
    #expect(
      EventLine.make(.engine(.textEncoded(text)))?.contains("\"negative_from_cache\":true,") == true)
  }

  private func clip(_ levels: [UInt8]) -> [Frame] {
    levels.map { level in
      // A gradient, so that windows have a variance.
      let rgb = (0..<16 * 16).flatMap { pixel in [UInt8](repeating: level &+ UInt8(pixel % 16), count: 3) }
      return Frame(width: 16, height: 16, rgb: rgb)
    }
  }

  @Test func theSameClipHasNoDifference() {
    let same = ClipDifference(clip([10, 20, 40]), against: clip([10, 20, 40]))
    #expect(same.psnr == .infinity && abs(same.ssim - 1) < 1e-12 && same.motion == 1)
  }

  @Test func differencesAreThoseOfTheirDefinitions() {
    // 10 levels everywhere: 20 · log10(255 / 10) decibels.
    let lighter = ClipDifference(clip([20, 30, 50]), against: clip([10, 20, 40]))
    #expect(abs(lighter.psnr - 28.1308) < 1e-3 && lighter.motion == 1 && lighter.ssim < 1)
    // 15 levels a frame became 5.
    #expect(abs(ClipDifference(clip([10, 15, 20]), against: clip([10, 25, 40])).motion - 1.0 / 3) < 1e-12)
    #expect(ClipDifference(clip([10, 10]), against: clip([10, 20])).motion == 0)
    // Stripes of 0 and 200 against their mean: only the variance of one differs, 10,000, and (0.03 · 255)² stays.
    let stripes = [Frame(width: 16, height: 16, rgb: (0..<768).map { UInt8($0 / 3 % 2 * 200) })]
    let flat = [Frame(width: 16, height: 16, rgb: [UInt8](repeating: 100, count: 768))]
    #expect(abs(ClipDifference(flat, against: stripes).ssim - 58.5225 / 10058.5225) < 1e-9)
  }
}
