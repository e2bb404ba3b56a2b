import ArgumentParser
import FakeEngine
import Foundation
import History
import Media
import Production
import Rendering
import Synchronization
import Testing

@testable import moviola

@Suite struct RenderRecordingTests {
  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func job(_ folder: URL, _ engine: FakeEngine = FakeEngine()) -> RenderJob {
    let recipe = Recipe(
      prompt: "a star", model: "fake", width: 64, height: 48, frameCount: 5, framesPerSecond: 8, steps: 2)
    return RenderJob(recipe, engine: engine, destination: .file(folder.path + "/clip.mp4", replacing: false))
  }

  @Test func aRenderIsInTheHistory() async throws {
    try await withFolder { (folder: URL) async throws in
      let library = folder.appending(path: "library.sqlite")
      let render = try await RenderRecording.history(at: library).run(job(folder)) { _ in }
      let jobs = try await Ledger(at: library).page(JobQuery()).jobs
      #expect(jobs.map(\.state) == [.done])
      #expect(jobs.first?.result?.clip == render.output)
    }
  }

  @Test func anErrorOfTheModelIsInTheHistoryAsASentence() async throws {
    struct Strange: Error, LocalizedError { var errorDescription: String? { "no such\nmodel" } }
    #expect(Failure.ofJob(Strange()) == Job.Failure(code: nil, what: "no such model"))
    #expect(Failure.ofJob(RenderError(.badModel, "damaged")).code == .badModel)
  }

  @Test func withoutALedgerThereIsAWarningAndAClip() async throws {
    try await withFolder { (folder: URL) async throws in
      let library = folder.appending(path: "library.sqlite")
      try Data("something else, long enough to be looked at, but not a database at all".utf8).write(to: library)
      let warnings = Mutex<[String]>([])
      let render = try await RenderRecording.history(at: library).run(job(folder)) { event in
        if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
      }
      #expect(FileManager.default.fileExists(atPath: render.output))
      #expect(warnings.withLock { $0.count { $0.contains("not in the history") } } == 1)
    }
  }

  @Test func historyIsOnUnlessItIsTurnedOff() throws {
    #expect(try RenderCommand.parse(["a star"]).history)
    #expect(try !RenderCommand.parse(["a star", "--no-history"]).history)
  }
}
