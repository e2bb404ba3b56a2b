import Foundation
import Rendering
import Synchronization

@testable import History

/// Gives `body` a folder of its own and takes it away again.
func withFolder(_ body: (URL) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder)
}

func withLedger(clock: TestClock = TestClock(), _ body: (Ledger) async throws -> Void) async throws {
  try await withFolder { (folder: URL) async throws in
    try await body(Ledger(at: folder.appending(path: "library.sqlite"), clock: clock.tick))
  }
}

/// Every look at it is a second later.
final class TestClock: Sendable {
  private let time = Mutex(Date(timeIntervalSince1970: 1_795_435_200))

  var tick: @Sendable () -> Date {
    { self.advance(by: 1) }
  }

  @discardableResult
  func advance(by seconds: TimeInterval) -> Date {
    time.withLock { time in
      time += seconds
      return time
    }
  }
}

func recipe(_ prompt: String, model: String = "wan-nano", seed: UInt64 = 7) -> Recipe {
  Recipe(
    prompt: prompt, model: model, width: 160, height: 96, frameCount: 17, framesPerSecond: 8, steps: 20, seed: seed)
}

func render(_ recipe: Recipe, denoise: Double = 8, total: Double = 10, peak: Int = 1000) -> Render {
  var seconds = Render.Seconds()
  (seconds.denoise, seconds.total) = (denoise, total)
  var rendered = recipe
  rendered.modelFingerprint = "f00d"
  return Render(
    output: "renders/a.mp4", recipe: rendered, frames: recipe.frameCount, framesSHA256: "abc", peakRSSBytes: peak,
    seconds: seconds)
}

extension Ledger {
  /// Adds a job, claims it and finishes it. The queue must be empty.
  func addDone(_ recipe: Recipe, denoise: Double = 8, total: Double = 10, peak: Int = 1000) async throws -> Job.ID {
    let job = try await begin(NewJob(recipe))
    try await finish(job.id, .done(render(recipe, denoise: denoise, total: total, peak: peak), clipBytes: 5))
    return job.id
  }
}
