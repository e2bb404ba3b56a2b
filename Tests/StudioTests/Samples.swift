import Foundation
import Prompting
import Rendering
import Terminal

@testable import Catalog
@testable import Studio

/// States of the studio that tests look at: fixed clock, fixed jobs, no world behind them.
enum Samples {
  static let now = Date(timeIntervalSince1970: 1_762_178_520)  // 2025-11-03 14:02 UTC

  static var recipe: Recipe {
    Recipe(
      prompt: "", model: "wan-nano", width: 160, height: 96, frameCount: 17, framesPerSecond: 8, steps: 20, shift: 5,
      seed: 7)
  }

  static func state(_ width: Int, _ height: Int, _ language: PromptLanguage = .en) -> StudioState {
    var catalog = Catalog()
    catalog.themes = [.plain]
    var options = StudioOptions()
    options.language = language
    var state = StudioState(catalog: catalog, options: options, recipe: recipe)
    state.size = Size(width: width, height: height)
    state.now = now
    state.calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
    return state
  }

  static let slots = PromptSlots(
    subject: "a small red ball", action: "bounces twice, then rolls to the left", scene: "a grid room",
    style: "glowing, soft rim light", camera: "static shot", negative: "blurry, distorted")
  static let chineseSlots = PromptSlots(
    subject: "一个小红球👩‍👩‍👧", action: "弹跳两次，然后向左滚动", scene: "网格房间", style: "发光，柔和的轮廓光", camera: "固定镜头")

  /// Compose with a prompt, a plan, a render on its way and two jobs that wait.
  static func composing(_ width: Int, _ height: Int, _ language: PromptLanguage = .en) -> StudioState {
    var state = state(width, height, language)
    state.history.total = 41
    state.compose.load(language == .en ? slots : chineseSlots, &state.killed)
    state.compose.focus = .slot(.action)
    _ = state.promptChanged()
    state.compose.knownTokens = .init(count: 31, text: state.compose.prompt(language))
    state.settings.plan = PlanReport(
      plan: plan, verdict: .fits, availableBytes: 8 << 30, freeDiskBytes: 50 << 30,
      pace: PastPace(secondsPerStep: 0.2, otherSeconds: 0.4, renders: 3))
    _ = update(&state, .news(.started(job(42, .running))))
    watch(&state)
    _ = update(
      &state,
      .queue([job(42, .running), job(43, .queued, "a blue star crosses the sky"), job(44, .queued, "同上，中文 e\u{301}")]))
    state.notice = nil
    return state
  }

  private static func watch(_ state: inout StudioState) {
    state.now = now.addingTimeInterval(0.1)
    let news: [RenderEvent] = [
      .planned(plan), .textEncoded(TextEncoded(promptTokens: 31, negativeTokens: 8, seconds: 0.1)),
      .step(step(1, .highNoiseExpert)), .step(step(2, .highNoiseExpert)), .step(step(3, .lowNoiseExpert)),
      .step(step(12, .lowNoiseExpert)),
    ]
    for event in news {
      _ = update(&state, .news(.event(42, event)))
      state.now += 0.5
    }
    for used in 0..<10 {
      let reading = MemoryReading(
        engineBytes: (100 + used * 25) << 20, usedRAMBytes: (3 << 30) + used << 26, totalRAMBytes: 24 << 30)
      _ = update(&state, .memory(reading))
    }
  }

  static func step(_ index: Int, _ expert: Component) -> DenoisingStep {
    let frame = Frame(width: 4, height: 2, rgb: Array(repeating: UInt8(index * 10), count: 24))
    return DenoisingStep(
      index: index, count: 20, expert: expert, sigma: 1 - Double(index) / 20, timestep: 500, seconds: 0.21,
      preview: [frame, frame])
  }

  static let plan = Plan(
    phases: [
      Plan.Phase(component: .textEncoder, anonymousBytes: 100 << 20, mappedBytes: 0),
      Plan.Phase(component: .highNoiseExpert, anonymousBytes: 300 << 20, mappedBytes: 0),
      Plan.Phase(component: .lowNoiseExpert, anonymousBytes: 300 << 20, mappedBytes: 0),
      Plan.Phase(component: .vae, anonymousBytes: 200 << 20, mappedBytes: 0),
    ], tokens: 300, latentShape: [5, 12, 20, 16])

  static func job(_ id: Int64, _ state: Job.State, _ prompt: String = "a small red ball bounces in a grid room") -> Job
  {
    var recipe = recipe
    recipe.prompt = prompt
    recipe.seed = UInt64(id)
    var job = Job(id: id, state: state, recipe: recipe, createdAt: now.addingTimeInterval(-600 * Double(50 - id)))
    if state == .running { job.startedAt = now }
    if state == .done { job.result = result }
    if state == .failed {
      job.progress = JobProgress(stage: .denoise, done: 8, total: 20)
      job.failure = Job.Failure(
        code: .numerics, what: "the low-noise expert gave NaN at step 9, first in block 17, ffn.net.2",
        remedy: "verify the model, or retry with precision reference")
    }
    return job
  }

  static var result: Job.Result {
    var seconds = Render.Seconds()
    (seconds.text, seconds.denoise, seconds.decode, seconds.encode, seconds.total) = (0.1, 8.1, 1.2, 0.2, 9.8)
    return Job.Result(
      clip: "/home/ana/.local/share/moviola/renders/2025-11/39-a-yellow-star.mp4", clipBytes: 1_153_434,
      framesSHA256: "3f9a77c20d", seconds: seconds, peakRSSBytes: 430 << 20)
  }

  /// History with jobs of every kind, one of them selected.
  static func browsing(_ width: Int, _ height: Int, _ language: PromptLanguage = .en, selection: Int = 1) -> StudioState
  {
    var state = state(width, height, language)
    state.history.total = 6
    _ = update(&state, .input(.key(.function(3))))
    var star = job(39, .done, "a yellow star spins over the sea, pastel, zoom in")
    (star.isFavourite, star.tags, star.notes, star.parent) = (true, ["sea", "keep"], "the good one", 36)
    let jobs = [
      job(41, .running, "a blue star moves left in a grid room"), star,
      job(38, .failed, "一颗红色的星星在雪地里旋转，柔和的光线，镜头缓慢推进，非常非常长的一句话"), job(37, .interrupted, "a white star rises at night"),
      job(36, .done, "a family 👩‍👩‍👧 waves 🇩🇪 e\u{301}"), job(35, .cancelled, "two lines\nof text"),
    ]
    _ = update(&state, .page(JobPage(jobs: jobs, next: nil), isContinued: false, question: state.history.queried.value))
    _ = update(&state, .matching(6, question: state.history.queried.value))
    var parent = job(36, .done)
    parent.recipe.shift = 8
    parent.recipe.prompt = star.recipe.prompt
    _ = update(&state, .job(parent))
    state.history.selection = selection
    return state
  }

  /// The models screen with a model of every health.
  static func models(_ width: Int, _ height: Int, _ language: PromptLanguage = .en) -> StudioState {
    var state = state(width, height, language)
    _ = update(&state, .input(.key(.function(5))))
    let day = now.addingTimeInterval(-86_400 * 3)
    func model(_ id: String, _ title: String, _ source: Bilingual, _ type: String, _ health: ModelInfo.Health)
      -> ModelInfo
    {
      ModelInfo(id: ModelReference(id), title: title, source: source, type: type, bytes: 35 << 30, health: health)
    }
    _ = update(
      &state,
      .models([
        model("wan-nano", "wan-nano", Bilingual("built-in", "内置"), "nano 2 × 7.0 M", .unverified),
        model("/models/wan2.2", "wan2.2", Bilingual("folder", "文件夹"), "Wan 2.2 T2V-A14B, diffusers", .sound(day)),
        model(
          "/models/q4-high.gguf", "wan2.2_t2v_14B_Q4_K_M", Bilingual("ComfyUI", "ComfyUI"), "Wan 2.2 T2V-A14B, GGUF",
          .changed(file: "/models/q4-low.gguf", since: day)),
        model(
          "/models/cut", "cut", Bilingual("folder", "文件夹"), "diffusers",
          .damaged("/models/cut/vae.safetensors: truncated: holds 10 bytes and needs 20; fetch the file again")),
      ]))
    return state
  }
}
