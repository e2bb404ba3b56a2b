import Foundation
import Fuzzing
import Studio
import TOMLKit
import Testing

@testable import moviola

/// A configuration may hold anything: it is understood or named, and never crashes.
@Suite struct FuzzTests {
  private let sample = """
    theme = "dusk"
    models = ["/a", "~/b"]
    [models.x]
    folders = ["/data", "/é", 7]
    comfyui = "~/ComfyUI"
    [models]
    folders = "/data"
    """

  @Test func configurationsNeverCrash() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString).toml")
    defer { try? FileManager.default.removeItem(at: file) }
    let halves = [sample, "[models]\nfolders = [\"/a\"]\ncomfyui = \"/b\"\n", "models = [\"/a\"]\n[engine]\nx = 1\n"]
    var fuzzer = Fuzzer(seed: 31)
    try fuzzer.run(on: halves.map { Array($0.utf8) }) { bytes in
      try Data(bytes).write(to: file)
      let models = ModelSettings.load(file, environment: ["HOME": "/u"])
      let studio = StudioSettings.load(file, environment: [:])
      for problem in models.problems { #expect(!problem.isEmpty) }
      #expect(studio.problems.count <= bytes.count)
    }
  }
}
