import Foundation
import GoldenModel
import Rendering
import Testing
import WanModel

@testable import LocalEngine
@testable import Tensors

@Suite struct PlannerTests {
  private func engine(_ maxMemory: Int? = nil) throws -> LocalEngine {
    try LocalEngine(
      folder: ModelFolder(path: GoldenModel.path), name: "tiny", limits: EngineLimits(maxMemory: maxMemory))
  }

  private func recipe(_ engine: LocalEngine) -> Recipe {
    var recipe = engine.defaults
    recipe.prompt = "a red ball"
    (recipe.width, recipe.height, recipe.frameCount, recipe.steps, recipe.seed) = (64, 64, 9, 4, 7)
    recipe.precision = .reference
    return recipe
  }

  @Test func aPlanCountsWorkAndSteps() throws {
    let engine = try engine()
    let plan = try engine.plan(recipe(engine))
    #expect(plan.fits && plan.tiles == 1 && plan.scratchBytes == 0)
    #expect(plan.phases.allSatisfy { $0.operations > 0 && $0.anonymousBytes > 0 })
    #expect(plan.phases.filter { $0.component.rawValue.hasPrefix("transformer") }.reduce(0) { $0 + $1.steps } == 4)
  }

  /// Of the parts and layers of a long clip that are alike, some stand for all: to the byte what all of them need.
  @Test(arguments: PhaseMemory.choices, [Rendering.Precision.fast, .turbo])
  func whatIsLeftOutOfARehearsalIsLikeTheRest(_ choice: PhaseMemory, _ precision: Rendering.Precision) throws {
    var memory = choice
    let rehearsals = Rehearsals(ModelFolder(path: GoldenModel.path))
    for (tokens, limit) in [(4096, nil), (64, nil), (64, 200_000), (48, 0)] as [(Int, Int?)] {
      (memory.tokensAtATime, memory.poolLimit) = (tokens, limit)
      let question = ModelFacts.Question.expert(
        .highNoiseExpert, latents: [5, 16, 20, 16], rows: [64, 128], precision, memory)
      let some = try rehearsals.need(question)
      let all = try Rehearsal.$leavesNothingOut.withValue(true) { try rehearsals.need(question) }
      #expect(some == all, "\(tokens) tokens at a time")
    }
  }

  /// Far more than fits anywhere, and more operations than a whole number counts.
  @Test(.timeLimit(.minutes(1))) func theLargestClipHasAPlan() throws {
    let engine = try engine()
    var largest = recipe(engine)
    (largest.width, largest.height, largest.frameCount) = (8192, 8192, 4093)
    let plan = try engine.plan(largest)
    #expect(!plan.fits && plan.phases.allSatisfy { $0.operations > 0 })
    #expect((plan.operations?.denoise ?? 0) > 1 << 60)
  }

  @Test func moreFramesNeedMore() throws {
    let engine = try engine()
    var long = recipe(engine)
    long.frameCount = 33
    let (short, longer) = (try engine.plan(recipe(engine)), try engine.plan(long))
    #expect(longer.phases[1].anonymousBytes > short.phases[1].anonymousBytes)
    #expect(longer.phases[1].operations > short.phases[1].operations)
  }

  /// Rows of padding are alike, so that experts keep little of a short text.
  @Test func longerTextsNeedMore() throws {
    let engine = try engine()
    var long = recipe(engine)
    long.prompt = Array(repeating: "a red ball", count: 50).joined(separator: ", ")
    let (short, longer) = (try engine.plan(recipe(engine)), try engine.plan(long))
    #expect(longer.phases[1].anonymousBytes > short.phases[1].anonymousBytes)
    #expect(longer.phases[1].operations > short.phases[1].operations)
  }

  @Test func whatCannotFitIsSaidAndRefused() throws {
    let engine = try engine(1 << 20)
    let plan = try engine.plan(recipe(engine))
    #expect(!plan.fits && plan.memoryLimit == 1 << 20)
    let error = #expect(throws: RenderError.self) {
      try PlanAdvisor.require(recipe(engine), on: engine.grid) { try engine.plan($0) }
    }
    #expect(error?.code == .noSpace && error?.remedy?.contains("--max-memory") == true)
  }

  /// Reading weights anew, making the prompts' keys anew for each step, and passes one after the other change nothing of
  /// the result.
  @Test(arguments: Tensors.Precision.allCases) func thriftChangesNoLatent(_ precision: Tensors.Precision) throws {
    let model = ModelFolder(path: GoldenModel.path)
    let width = try model.transformerConfiguration("transformer").textDim
    let (text, other) = (Noise.normal([512, width], seed: 1), Noise.normal([512, width], seed: 3))
    let noise = Noise.normal([16, 3, 16, 16], seed: 2).channelsLast()
    let schedule = try Schedule(solver: .unipc, preset: .official, steps: 3, shift: 5)
    func latents(_ memory: PhaseMemory) throws -> [Float] {
      let device = CPU(precision: precision, keptBytes: memory.keptBytes)
      var denoiser = Denoiser(
        folder: model, device: device, schedule: schedule, guidance: Guidance(high: 4, low: 3), boundary: 0.9)
      denoiser.memory = memory
      return try denoiser(noise, prompt: text, negative: other, listener: Denoiser.Listener()).floats()
    }
    let generous = try latents(PhaseMemory())
    for together in [true, false] {
      let thrift = PhaseMemory(
        keptBytes: 0, keepsKeys: false, passesTogether: together, keptLayers: 0, dropsCache: true)
      #expect(try latents(thrift) == generous)
    }
  }

  @Test func aSlowDiskIsNamedAndAFastOneIsNot() {
    let disk = Disk(at: "/")
    #expect(SlowDisk.note(.vae, bytes: 1 << 30, reread: 0, every: "step", rate: 2e9, disk) == nil)
    let bytes = 28_800_000_000
    let note = SlowDisk.note(.highNoiseExpert, bytes: bytes, reread: bytes, every: "step", rate: 120e6, disk)
    #expect(note?.contains("120 MB a second: 4 min for every step") == true)
  }

  @Test func aDiskIsKnownByItsMount() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in [
      "proc/self/mountinfo": "1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:40 / /nas\\040a rw - nfs4 x rw\n",
      "sys/dev/block/8:1/queue/rotational": "1\n",
    ] {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let place = root.path(percentEncoded: false)
    #expect(Disk(at: "/models", root: place).kind == .hardDisk)
    #expect(Disk(at: "/nas a/models", root: place).kind == .network)
  }
}
