import Foundation
import Prompting
import Rendering
import Studio
import Testing

@testable import moviola

@Suite struct DraftFileTests {
  private func draft(_ text: String) -> Draft {
    Draft(
      slots: PromptSlots(subject: text), freeText: "", isFree: false, recipe: Recipe(prompt: text, model: "m"),
      hasRandomSeed: false, seeds: [])
  }

  /// What other threads still write at the end neither stands in its place nor lies half done beside it.
  @Test func theLastDraftOfASessionStays() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "draft-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = DraftFile(url: folder.appending(path: "draft.json"))
    await withTaskGroup { group in
      for number in 0..<50 { group.addTask { file.write(draft("\(number)")) } }
      group.addTask { file.finish(draft("last")) }
    }
    file.write(draft("too late"))
    #expect(DraftFile(url: folder.appending(path: "draft.json")).read() == draft("last"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["draft.json"])
  }
}
