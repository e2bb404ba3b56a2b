import Foundation
import Prompting
import Testing

@testable import Catalog

@Suite struct CatalogTests {
  private func withFolder<Result>(_ files: [String: String], _ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "catalog-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, text) in files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try body(folder)
  }

  @Test func ourOwnFilesHaveNoMistakes() {
    let catalog = Catalog.load(userFolder: nil)
    #expect(catalog.problems == [])
    #expect(catalog.theme(named: "paper").name == "paper")
  }

  @Test func anUnknownThemeIsTheStandardOne() {
    #expect(Catalog.load(userFolder: nil).theme(named: "gone").name == Catalog.standardTheme)
    #expect(Catalog().theme(named: "dusk") == .plain)
    #expect(Theme.plain[.barTrack].foreground == .terminalDefault)
  }

  @Test func anExampleStaysInTheModelsWorld() {
    let catalog = Catalog.load(userFolder: nil)
    #expect(catalog.example(for: "wan-nano", .en)[.subject] == "a red ball")
    #expect(catalog.example(for: "wan-nano", .zh)[.camera] == "固定镜头")
    #expect(catalog.example(for: "models/a14b", .en)[.negative].isEmpty == false)
    #expect(Catalog().example(for: "wan-nano", .en).isBlank)
  }

  @Test func theUsersFilesComeOnTop() throws {
    let files = [
      "themes/dusk.toml": "inherits = \"dusk\"\n[palette]\naccent = \"#00ff00\"",
      "themes/mine.toml": "inherits = \"paper\"",
      "themes/notes.txt": "not a theme",
      "prompts/mine.toml": """
      [[template]]
      id = "tea-master"
      en = { subject = "my own tea master" }
      [[list]]
      id = "mine"
      slot = "camera"
      words = ["my own move"]
      """,
    ]
    let catalog = try withFolder(files) { Catalog.load(userFolder: $0) }
    let ours = Catalog.load(userFolder: nil)
    #expect(catalog.problems == [])
    #expect(catalog.themes.count == ours.themes.count + 1)
    #expect(catalog.theme(named: "dusk")[.accent].foreground == .rgb(red: 0, green: 255, blue: 0))
    #expect(catalog.theme(named: "dusk")[.text] == ours.theme(named: "dusk")[.text])
    #expect(catalog.theme(named: "mine").appearance == .light)
    #expect(catalog.templates.count == ours.templates.count)
    #expect(catalog.templates.first { $0.id == "tea-master" }?.slots(.en)[.subject] == "my own tea master")
    #expect(catalog.vocabulary.phrases(for: .camera, .zh).contains("my own move"))
  }

  @Test func aBrokenFileOfTheUserLeavesOursAlone() throws {
    let files = ["themes/dusk.toml": "title = \"x\"\n[roles", "prompts/bad.toml": "\u{1}"]
    let catalog = try withFolder(files) { Catalog.load(userFolder: $0) }
    let ours = Catalog.load(userFolder: nil)
    #expect(catalog.problems.count == 2)
    #expect(catalog.problems.first?.file.hasSuffix("themes/dusk.toml") == true)
    #expect(catalog.problems.first?.line == 2)
    #expect(catalog.themes == ours.themes)
    #expect(catalog.templates == ours.templates)
  }

  @Test func bytesThatAreNoTextAreNamed() throws {
    let problems = try withFolder(["themes/x.toml": ""]) { folder in
      try Data([0xFF, 0xFE, 0x00]).write(to: folder.appending(path: "themes/x.toml"))
      return Catalog.load(userFolder: folder).problems
    }
    #expect(problems.map(\.what.en) == ["cannot be read as UTF-8 text"])
  }
}
