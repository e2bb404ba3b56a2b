import ArgumentParser
import Foundation
import Models
import TOMLKit
import Testing

@testable import moviola

@Suite struct ModelsCommandTests {
  private func settings(_ text: String) throws -> ModelSettings {
    var settings = ModelSettings(environment: ["HOME": "/u"])
    if let value = try TOMLTable(string: text)["models"] { settings.read(value) }
    return settings
  }

  @Test func foldersMayBeWrittenInTwoWays() throws {
    #expect(try settings("models = [\"/a\", \"~/b\"]").places.folders == ["/a", "/u/b"])
    let table = try settings("[models]\nfolders = [\"/a\"]\ncomfyui = \"~\"")
    #expect(table.places == ModelRegistry.Places(folders: ["/a"], comfyUI: ["/u"]) && table.problems.isEmpty)
    #expect(try settings("theme = \"dusk\"").places == ModelRegistry.Places())
  }

  @Test(arguments: ["models = 7", "models = [1]", "[models]\nfolders = 3", "[models]\nfolder = \"/a\""])
  func mistakesAreNamed(_ text: String) throws {
    let settings = try settings(text)
    #expect(settings.problems.count == 1 && settings.problems[0].contains("models"))
    #expect(settings.places.folders.isEmpty)
  }

  @Test func foldersThatDoNotExistAreNamed() throws {
    let folder = FileManager.default.temporaryDirectory.path
    #expect(try settings("[models]\nfolders = [\"\(folder)\"]").missingFolders.isEmpty)
    let missing = try settings("[models]\nfolders = \"/nowhere/x\"\ncomfyui = \"/nowhere/y\"").missingFolders
    #expect(missing.count == 2 && missing[0].contains("/nowhere/x") && missing[1].contains("models.comfyui"))
    let file = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID().uuidString).toml")
    defer { try? FileManager.default.removeItem(at: file) }
    try "[models]\nfolders = \"/nowhere/x\"".write(to: file, atomically: true, encoding: .utf8)
    #expect(ModelSettings.load(file, environment: [:]).problems.count == 1)
    try Data("[models]\nfolders = \"".utf8 + [0xFF, 0x22]).write(to: file)
    #expect(ModelSettings.load(file, environment: [:]).problems.first?.contains("is not UTF-8") == true)
  }

  private func model(_ health: ModelHealth) -> FoundModel {
    FoundModel(
      name: "wan", location: ModelLocation(path: "/m/wan"), source: .folder, format: "diffusers",
      variant: "Wan 2.2 T2V-A14B", bytes: 69_000_000_000, health: health)
  }

  @Test func theTableSaysWhatIsKnown() {
    let day = Date(timeIntervalSince1970: 1_762_178_520)
    let text = ModelTable.text(
      [.sound(day), .unverified, .changed(file: "/m/wan/x", since: day), .damaged("a\nb")].map(model))
    let lines = text.split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasPrefix("NAME"))
    #expect(lines[1] == "wan   69.0 GB  diffusers  Wan 2.2 T2V-A14B  sound (verified 2025-11-03)")
    #expect(lines[2].hasSuffix("not yet verified") && lines[3].hasSuffix("changed since 2025-11-03: /m/wan/x"))
    #expect(lines[4].hasSuffix("damaged: a b"))
  }

  @Test func everyNameIsShown() throws {
    var named = model(.unverified)
    named.otherNames = ["b", "c"]
    #expect(ModelTable.text([named]).contains("not yet verified; also: b, c\n"))
    let line = ModelLine.make(named)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: any Sendable])
    #expect(object["also"] as? [String] == ["b", "c"])
  }

  @Test func aLineOfJSONHoldsTheSame() throws {
    let line = ModelLine.make(model(.damaged("why")))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: any Sendable])
    #expect(object["health"] as? String == "damaged" && object["why"] as? String == "why")
    #expect(object["bytes"] as? Int == 69_000_000_000 && object["path"] as? String == "/m/wan")
  }

  @Test func theProgressLineFitsAnyTerminal() {
    let progress = VerificationProgress(
      bytesDone: 3_100_000_000, bytesTotal: 28_600_000_000, filesDone: 1, fileCount: 9)
    let line = VerifyLine(progress: progress, style: TerminalStyle(hasColour: false, hasUnicode: false), seconds: 4)
    for columns in 0...120 { #expect(line.text(columns: columns).count < max(columns, 1)) }
    #expect(line.text(columns: 80).contains("3.1 GB/28.6 GB") && line.text(columns: 80).contains("775 MB/s"))
    #expect(line.text(columns: 80).contains("ETA") && line.text(columns: 80).contains("=--"))
  }

  @Test(arguments: [["models"], ["models", "--json"], ["models", "verify", "x", "--quick", "--json"]])
  func commandsAreUnderstood(_ line: [String]) throws { _ = try Moviola.parseAsRoot(line) }

  @Test(arguments: [["models", "verify"], ["models", "add"], ["models", "remove"], ["models", "fetch"]])
  func nonsenseIsAUsageError(_ line: [String]) {
    let error = #expect(throws: (any Error).self) { try Moviola.parseAsRoot(line) }
    #expect(error.map { Failure($0).status } == .usage)
  }
}
