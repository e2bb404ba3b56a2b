import ArgumentParser
import FakeEngine
import Foundation
import Media
import Rendering
import Synchronization
import Testing

@testable import moviola

/// The command from arguments to clip, on an engine that renders nothing.
@Suite struct RenderSessionTests {
  private static let defaults = Recipe(
    prompt: "", model: "fake", width: 64, height: 48, frameCount: 9, framesPerSecond: 8, steps: 4)

  private func provider(_ engine: FakeEngine = FakeEngine()) -> EngineProvider {
    EngineProvider { model, _ in
      guard model == nil || model == "fake" else { throw RenderError(.badModel, "there is no model \(model ?? "")") }
      return (engine, Self.defaults)
    }
  }

  /// Runs `moviola render` and returns its JSON events.
  private func render(_ line: [String], _ engine: FakeEngine = FakeEngine()) async throws -> [[String: any Sendable]] {
    let lines = Mutex<[String]>([])
    let reporter = JSONReporter { text in lines.withLock { $0.append(text) } }
    let request = try RenderCommand.parse(line)
    try await RenderSession(
      request: request.clip, output: request.output, provider: provider(engine), reporter: reporter
    ).run()
    return try lines.withLock { $0 }.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: any Sendable])
    }
  }

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path(percentEncoded: false))
  }

  @Test func aClipRendersAgainFromItself() async throws {
    try await withFolder { (folder: String) async throws in
      let first = try await render(["a bar \"falls\" 红", "--seed", "7", "--steps", "3", "-o", folder + "/a.mp4"])
      #expect(first.first?["event"] as? String == "started")
      let last = try #require(first.last)
      #expect(last["event"] as? String == "finished")
      #expect(last["output"] as? String == folder + "/a.mp4")
      #expect(last["frames"] as? Int == 9)
      #expect(last["seed"] as? Int == 7)

      let again = try #require(try await render(["--from", folder + "/a.mp4", "-o", folder + "/b.mp4"]).last)
      #expect(again["frames_sha256"] as? String == last["frames_sha256"] as? String)
      #expect(try ClipMetadata.recipe(of: folder + "/b.mp4") == ClipMetadata.recipe(of: folder + "/a.mp4"))

      let changed = try #require(
        try await render(["--from", folder + "/a.mp4", "--seed", "8", "-o", folder + "/b.mp4"]).last)
      #expect(changed["frames_sha256"] as? String != last["frames_sha256"] as? String)
      #expect(try ClipMetadata.recipe(of: folder + "/b.mp4").prompt == "a bar \"falls\" 红")
    }
  }

  @Test func aSeedIsFoundAndSaid() async throws {
    try await withFolder { (folder: String) async throws in
      let events = try await render(["p", "-o", folder + "/a.mp4"])
      let seed = try #require(events.last?["seed"] as? Int)
      #expect(seed <= Int(UInt32.max))
      #expect(try ClipMetadata.recipe(of: folder + "/a.mp4").seed == UInt64(seed))
    }
  }

  @Test(arguments: [
    (["", "-o", "/tmp/x.mp4"], ExitReason.badRecipe), (["p", "--frames", "16"], .badRecipe),
    (["p", "--size", "65x48"], .badRecipe), (["p", "--fps", "0"], .badRecipe), (["p", "--steps", "0"], .badRecipe),
    (["p", "--shift", "nan"], .badRecipe), (["p", "--frames", "9223372036854775807"], .badRecipe),
    (["p", "--model", "none"], .badModel), (["p", "-o", "/tmp"], .inputOutput),
    (["p", "-o", "/proc/a.mp4"], .inputOutput), (["p", "-o", "/dev/null"], .inputOutput),
    (["p", "-o", "/nowhere/a.mp4"], .inputOutput), (["--from", "/nowhere/a.mp4"], .inputOutput),
    (["--from", "/dev/null"], .inputOutput),
    (["p", "-o", "/tmp/\(String(repeating: "a", count: 300)).mp4"], .inputOutput),
  ])
  func whatCannotBeIsAnError(line: [String], status: ExitReason) async {
    do {
      _ = try await render(line)
      Issue.record("accepted \(line)")
    } catch {
      #expect(Failure(error).status == status, "\(error)")
    }
  }

  @Test(arguments: [
    (["p", "-o", "/proc/a.mp4"], "no file can be made in the output folder /proc"),
    (["--from", "/nowhere/a.mp4"], "there is no clip /nowhere/a.mp4"),
  ])
  func sentencesNameWhatAPersonGave(line: [String], words: String) async throws {
    let error = try #require(await #expect(throws: RenderError.self) { _ = try await render(line) })
    #expect(error.sentence.contains(words) && !error.sentence.contains(".part-"), "\(error.sentence)")
  }

  @Test(arguments: ["", "-"])
  func aClipNeedsAName(_ name: String) {
    #expect(throws: (any Error).self) { try RenderCommand.parse(["--from", name]) }
  }
}
