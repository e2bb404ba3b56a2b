import Crypto
import FakeEngine
import Foundation
import Media
import Rendering
import Synchronization
import Testing

@testable import Production

@Suite struct RenderJobTests {
  let recipe = Recipe(
    prompt: "a bar falls", model: "fake", width: 64, height: 48, frameCount: 9, framesPerSecond: 8, steps: 4, seed: 7)

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path(percentEncoded: false))
  }

  private func contents(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func job(_ recipe: Recipe, _ engine: FakeEngine, in folder: String) -> RenderJob {
    RenderJob(recipe, engine: engine, destination: .file(folder + "/clip.mp4", replacing: true))
  }

  private func failure(of job: RenderJob) async -> RenderError? {
    do {
      _ = try await job.run { _ in }
      return nil
    } catch {
      return error as? RenderError
    }
  }

  @Test func aRecipeBecomesAVerifiedClip() async throws {
    try await withFolder { (folder: String) async throws in
      let names = Mutex<[String]>([])
      let render = try await job(recipe, FakeEngine(), in: folder).run { event in
        names.withLock { $0.append(event.name) }
      }
      #expect(render.output == folder + "/clip.mp4")
      #expect(render.frames == 9)
      #expect(render.recipe.modelFingerprint == "fake")
      #expect(render.seconds.denoise == 1.5)
      #expect(render.seconds.total > 0)
      #expect(render.peakRSSBytes > 1_000_000)
      #expect(try ClipMetadata.recipe(of: render.output) == render.recipe)
      #expect(try contents(folder) == ["clip.mp4"])
      let order = names.withLock { $0 }
      #expect(order.first == "planned")
      #expect(order.suffix(2) == ["finished", "checking"])
      #expect(order.count { $0 == "frames" } == 9)
      #expect(order.count { $0 == "step" } == 4)
    }
  }

  @Test func equalRecipesGiveEqualHashes() async throws {
    try await withFolder { (folder: String) async throws in
      let first = try await job(recipe, FakeEngine(), in: folder).run { _ in }
      let again = try await job(ClipMetadata.recipe(of: first.output), FakeEngine(), in: folder).run { _ in }
      var other = recipe
      other.seed = 8
      let another = try await job(other, FakeEngine(), in: folder).run { _ in }
      #expect(first.framesSHA256.count == 64)
      #expect(first.framesSHA256 == again.framesSHA256)
      #expect(first.framesSHA256 != another.framesSHA256)
    }
  }

  @Test func nothingStartsWithABadRecipeOrModelOrPlace() async throws {
    try await withFolder { (folder: String) async throws in
      var bad = recipe
      bad.frameCount = 8
      #expect(await failure(of: job(bad, FakeEngine(), in: folder))?.code == .badRecipe)
      var engine = FakeEngine()
      engine.planError = RenderError(.badModel, "no transformer")
      #expect(await failure(of: job(recipe, engine, in: folder))?.code == .badModel)
      #expect(await failure(of: job(recipe, FakeEngine(), in: folder + "/none"))?.code == .inputOutput)
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func anEngineThatFailsLeavesNothing() async throws {
    try await withFolder { (folder: String) async throws in
      var engine = FakeEngine()
      engine.failure = (RenderError(.numerics, "NaN in step 3"), atStep: 3)
      #expect(await failure(of: job(recipe, engine, in: folder)) == RenderError(.numerics, "NaN in step 3"))
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func anEngineThatGivesTooFewFramesIsFoundOut() async throws {
    try await withFolder { (folder: String) async throws in
      var engine = FakeEngine()
      engine.frameCount = 5
      #expect(await failure(of: job(recipe, engine, in: folder))?.what.contains("5 frames instead of 9") == true)
      #expect(try contents(folder) == ["clip.frames"])
    }
  }

  @Test(arguments: ["loading", "step", "frames"]) func cancellingLeavesNothing(at moment: String) async throws {
    try await withFolder { (folder: String) async throws in
      var engine = FakeEngine()
      engine.pause = 0.01
      let job = job(recipe, engine, in: folder)
      let (reached, signal) = AsyncStream<Void>.makeStream()
      let task = Task {
        try await job.run { event in
          if event.name == moment { signal.yield() }
        }
      }
      for await _ in reached { break }
      task.cancel()
      await #expect(throws: RenderError(.cancelled, "the render was cancelled")) { try await task.value }
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func otherWeightsAreSaidAloud() async throws {
    try await withFolder { (folder: String) async throws in
      var known = recipe
      known.modelFingerprint = "another"
      let warnings = Mutex<[String]>([])
      let render = try await job(known, FakeEngine(), in: folder).run { event in
        if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
      }
      #expect(warnings.withLock { $0 }.first?.contains("weights") == true)
      #expect(render.recipe.modelFingerprint == "fake")
    }
  }

  @Test func memoryIsReadFromTheKernelsLines() {
    #expect(ProcessMemory.bytes("VmHWM:", in: "VmPeak:\t 10 kB\nVmHWM:\t    2048 kB\n") == 2048 * 1024)
    #expect(ProcessMemory.bytes("VmHWM:", in: "VmHWM: x") == 0)
  }
}

extension JobEvent {
  var name: String {
    switch self {
    case .warning: "warning"
    case .checking: "checking"
    case .engine(.planned): "planned"
    case .engine(.loading): "loading"
    case .engine(.remark): "remark"
    case .engine(.textEncoded): "textEncoded"
    case .engine(.step): "step"
    case .engine(.decoding): "decoding"
    case .engine(.frames): "frames"
    case .engine(.finished): "finished"
    }
  }
}
