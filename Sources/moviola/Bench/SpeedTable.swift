import Foundation
import Rendering

/// What each way of sparing passes gives and costs, against the plain render of the same prompts and seeds.
struct SpeedTable {
  /// Everything that wan-nano knows: shapes, actions, scenes, both languages.
  static let prompts = [
    "a red ball bounces in a grid room", "a blue star rises at night", "a yellow cube spins over the sea, zoom in",
    "一个绿色的球在雪地里向左移动", "一颗紫色的星星落下", "a white ball moves right in a desert, pastel",
  ]

  /// One way.
  struct Trial: Sendable {
    var name: String
    var stepCache: Double?
    var skipGuidanceAfter: Double?

    static let all = caches + shares + [balanced]

    private static let caches = [0.1, 0.15, 0.2, 0.3].map { (threshold: Double) in
      Trial(name: "--step-cache \(threshold)", stepCache: threshold)
    }
    private static let shares = [0.9, 0.8, 0.7, 0.5].map { (share: Double) in
      Trial(name: "--skip-guidance-after \(share)", skipGuidanceAfter: share)
    }
    private static let balanced = Trial(
      name: "--speed balanced", stepCache: Speed.balanced.stepCache,
      skipGuidanceAfter: Speed.balanced.skipGuidanceAfter)
  }

  struct Row: Encodable {
    var name: String
    /// Of the plain render's.
    var passes: Double
    var speedUp: Double
    var meanPSNR: Double
    var leastPSNR: Double
    var meanSSIM: Double
    var leastSSIM: Double
    var leastMotion: Double
    var mostMotion: Double
  }

  private(set) var rows: [Row] = []
  private let subject: String

  /// One clip of one trial.
  private struct Clip {
    var frames: [Frame] = []
    var seconds = 0.0
    var passes = Passes()
  }

  /// - Parameters:
  ///   - repeats: of each clip, of which the fastest counts.
  ///   - say: told what is being rendered.
  /// - Throws: ``BenchFailure`` if the same recipe gave other frames.
  init(
    _ engine: any RenderEngine, _ recipe: Recipe, prompts: Int, repeats: Int, _ say: (String) -> Void
  ) async throws {
    subject =
      "\(recipe.model), \(recipe.width)x\(recipe.height), \(Units.count(recipe.frameCount, "frame")), "
      + "\(Units.count(recipe.steps, "step")), \(Units.count(prompts, "prompt")), \(recipe.precision.rawValue)"
    var plain: [Clip] = []
    var clips = [[Clip]](repeating: [], count: Trial.all.count)
    // The first render also warms up; it does not count.
    _ = try await Self.clip(engine, recipe, 0, repeats: 1)
    for number in 0..<prompts {
      say("\(number + 1) of \(prompts): \(Self.prompts[number])")
      plain.append(try await Self.clip(engine, recipe, number, repeats: repeats))
      for (index, trial) in Trial.all.enumerated() {
        var changed = recipe
        (changed.stepCache, changed.skipGuidanceAfter) = (trial.stepCache, trial.skipGuidanceAfter)
        clips[index].append(try await Self.clip(engine, changed, number, repeats: repeats))
      }
    }
    rows = zip(Trial.all, clips).map { Self.row($0.name, $1, plain) }
  }

  private static func clip(
    _ engine: any RenderEngine, _ recipe: Recipe, _ number: Int, repeats: Int
  ) async throws -> Clip {
    var recipe = recipe
    (recipe.prompt, recipe.seed) = (prompts[number], UInt64(7 + number))
    try recipe.check(on: engine.grid)
    var best = try await clip(engine, recipe)
    for _ in 1..<max(1, repeats) {
      let again = try await clip(engine, recipe)
      guard again.frames == best.frames else { throw BenchFailure("the same recipe gave other frames") }
      if again.seconds < best.seconds { best = again }
    }
    return best
  }

  private static func clip(_ engine: any RenderEngine, _ recipe: Recipe) async throws -> Clip {
    var clip = Clip()
    for try await event in engine.render(recipe) {
      if case .frames(let frames) = event { clip.frames += frames }
      if case .finished(let report) = event {
        (clip.seconds, clip.passes) = (report.seconds.denoise, report.passes ?? Passes())
      }
    }
    return clip
  }

  private static func row(_ name: String, _ clips: [Clip], _ plain: [Clip]) -> Row {
    let differences = zip(clips, plain).map { ClipDifference($0.frames, against: $1.frames) }
    func passes(_ clips: [Clip]) -> Double { Double(clips.reduce(0) { $0 + $1.passes.full }) }
    func seconds(_ clips: [Clip]) -> Double { clips.reduce(0) { $0 + $1.seconds } }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    let (psnr, ssim, motion) = (differences.map(\.psnr), differences.map(\.ssim), differences.map(\.motion))
    return Row(
      name: name, passes: passes(clips) / passes(plain), speedUp: seconds(plain) / seconds(clips),
      meanPSNR: mean(psnr), leastPSNR: psnr.min() ?? 0, meanSSIM: mean(ssim), leastSSIM: ssim.min() ?? 0,
      leastMotion: motion.min() ?? 0, mostMotion: motion.max() ?? 0)
  }

  /// Whether the preset costs no more than it says.
  var keepsItsWord: Bool {
    rows.last.map {
      $0.leastPSNR >= Speed.leastPSNR && $0.leastSSIM >= Speed.leastSSIM
        && max(1 - $0.leastMotion, $0.mostMotion - 1) <= Speed.mostMotion
    } ?? false
  }

  var text: String {
    let head = ["against plain", "passes", "denoising", "PSNR dB", "SSIM", "motion"]
    let lines = rows.map { row in
      [
        row.name, String(format: "%.0f %%", 100 * row.passes), String(format: "%.2f x", row.speedUp),
        String(format: "%.1f, %.1f", row.meanPSNR, row.leastPSNR),
        String(format: "%.3f, %.3f", row.meanSSIM, row.leastSSIM),
        String(format: "%.2f-%.2f", row.leastMotion, row.mostMotion),
      ]
    }
    let word = keepsItsWord ? "keeps" : "does not keep"
    return subject + "\n\n" + TextTable([head] + lines).text
      + "\nPSNR and SSIM: mean, worst. --speed balanced \(word) its \(Int(Speed.leastPSNR)) dB, \(Speed.leastSSIM) "
      + "and motion within \(Int(100 * Speed.mostMotion)) %.\n"
  }
}
