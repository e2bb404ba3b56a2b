import Foundation
import Prompting
import Rendering
import Studio
import Testing

@testable import Catalog
@testable import moviola

/// Mistakes in config.toml are named with their line, all of them.
struct StudioSettingsTests {
  private func problems(_ bytes: some Sequence<UInt8>) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString).toml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    var catalog = Catalog()
    catalog.themes = [.plain]
    let name = file.path
    return StudioSettings.load(file, environment: [:]).problems(in: catalog).map {
      $0.sentence(.en).replacing(name, with: "FILE")
    }
  }

  @Test func everyWrongKeyHasItsLine() throws {
    let text = "# mine\nmouse = 3\n\ntheme = \"plain\"\nlanguage = \"fr\"\ncolour = 1\n"
    #expect(
      try problems(text.utf8) == [
        "FILE:2: \"mouse\" is not understood", "FILE:5: \"language\" is not understood",
        "FILE:6: \"colour\" is not understood",
      ])
  }

  @Test func aThemeThatNobodyHasIsNamed() throws {
    #expect(
      try problems("mouse = true\ntheme = \"nonexist\"\n".utf8) == [
        "FILE:2: no theme called “nonexist”: there are plain"
      ])
    #expect(try problems("theme = \"plain\"\n".utf8) == [])
  }

  @Test func aThemeOfTheCommandLineIsNamedToo() {
    var settings = StudioSettings.load(URL(filePath: "/nowhere/config.toml"), environment: [:])
    #expect(settings.problems(in: Catalog()) == [])
    settings.options.theme = "nonexist"
    #expect(settings.problems(in: Catalog()).map(\.file) == ["--theme"])
  }

  @Test func aFileThatIsNotUTF8IsNotPassedOver() throws {
    let bytes = Array("mouse = true\ntheme = \"caf".utf8) + [0xE9] + Array("\"\n".utf8)
    #expect(try problems(bytes) == ["FILE:2: not UTF-8 text, so that nothing in the file counts"])
  }
}
