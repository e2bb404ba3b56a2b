import Foundation
import Prompting
import Testing

@testable import Catalog

/// A mistake names its file and line, and everything else in the file counts.
@Suite struct ReadingTests {
  private func theme(_ text: String, onto parent: String? = nil) throws -> (theme: Theme, problems: [String]) {
    var shelf = ThemeShelf()
    if let parent { shelf.add(try TOMLDocument(file: "base.toml", text: parent), name: "base") }
    shelf.add(try TOMLDocument(file: "mine.toml", text: text), name: "mine")
    let themes = shelf.read()
    let mine = try #require(themes.first { $0.name == "mine" })
    return (mine, shelf.problems.map { $0.sentence(.en) })
  }

  private func prompts(_ text: String) throws -> (shelf: PromptShelf, problems: [String]) {
    var shelf = PromptShelf()
    shelf.add(try TOMLDocument(file: "p.toml", text: text))
    return (shelf, shelf.problems.map { $0.sentence(.en) })
  }

  @Test func aColourIsHexNameIndexOrPalette() throws {
    let read = try theme(
      """
      [palette]
      sea = "#0A64ff"
      [roles]
      text = { fg = "sea", bg = "default", bold = true }
      dim = 244
      good = "bright-green"
      bad = { fg = "red", italic = false }
      """)
    #expect(read.problems == [])
    #expect(read.theme[.text].foreground == .rgb(red: 10, green: 100, blue: 255))
    #expect(read.theme[.text].background == .terminalDefault)
    #expect(read.theme[.dim].foreground == .index(244))
    #expect(read.theme[.dim].attributes == .bold)
    #expect(read.theme[.good].foreground == .index(10))
    #expect(read.theme[.bad] == ThemeStyle(foreground: .index(1), background: .terminalDefault, attributes: []))
  }

  @Test func mistakesNameFileAndLineAndFallBack() throws {
    let read = try theme(
      """
      inherits = "base"
      appearance = "grey"
      colour = 1

      [palette]
      ink = "#12345"

      [roles]
      text = { fg = "ink", blink = true }
      dimm = "red"
      dim = "blu"
      good = 256
      """, onto: "[palette]\nink = \"#000000\"\n[roles]\ntext = \"ink\"\ndim = \"ink\"\n")
    #expect(
      Set(read.problems) == [
        "mine.toml:2: appearance is \"dark\" or \"light\"",
        "mine.toml:3: “colour” means nothing here",
        "mine.toml:6: “#12345” is no colour: write \"#rrggbb\", a name, a palette entry or 0 to 255",
        "mine.toml:9: “blink” is neither fg, bg nor an attribute = true or false",
        "mine.toml:10: no role called “dimm”",
        "mine.toml:11: “blu” is no colour: write \"#rrggbb\", a name, a palette entry or 0 to 255",
        "mine.toml:12: this is no colour: write \"#rrggbb\", a name, a palette entry or 0 to 255",
      ])
    #expect(read.theme[.text].foreground == .rgb(red: 0, green: 0, blue: 0))
    #expect(read.theme[.dim].foreground == .rgb(red: 0, green: 0, blue: 0))
    #expect(read.theme.appearance == .dark)
  }

  @Test func anHeirsPaletteRecoloursInheritedRoles() throws {
    let read = try theme(
      "inherits = \"base\"\n[palette]\nink = \"#ffffff\"", onto: "[palette]\nink = \"#000000\"\n[roles]\ntext = \"ink\""
    )
    #expect(read.problems == [])
    #expect(read.theme[.text].foreground == .rgb(red: 255, green: 255, blue: 255))
  }

  @Test func inheritanceThatLeadsNowhereIsNamed() throws {
    #expect(try theme("\ninherits = \"gone\"").problems == ["mine.toml:2: no theme called “gone”"])
    #expect(try theme("inherits = \"mine\"").problems == ["mine.toml:1: inherits from itself"])
    let circle = try theme("inherits = \"base\"\n[roles]\ntext = 1", onto: "inherits = \"mine\"\n[roles]\ndim = 2")
    #expect(circle.theme[.text].foreground == .index(1))
    #expect(circle.theme[.dim].foreground == .index(2))
  }

  @Test(arguments: [
    ("a = ", 1), ("title = \"x\"\n[roles\n", 2), ("x = 1\nx = 2", 2), ("[palette]\nink = \"#fff", 2),
  ])
  func whatIsNotTOMLIsNamedByLine(text: String, line: Int) throws {
    let problem = #expect(throws: CatalogProblem.self) { try TOMLDocument(file: "bad.toml", text: text) }
    #expect(problem?.line == line)
    #expect(problem?.sentence(.zh).hasPrefix("bad.toml:\(line): 不是有效的 TOML") == true)
  }

  @Test func templatesAndListsAreRead() throws {
    let read = try prompts(
      """
      negative = ["blurry", "模糊"]

      [[template]]
      id = "one"
      title = ["One", "一"]
      model = "m"
      en = { subject = "a cat" }

      [[template]]
      id = "two"
      [template.zh]
      subject = "猫"
      negative = "狗"

      [[list]]
      id = "light"
      slot = "style"
      words = [["dawn", "黎明"], "noir"]
      """)
    #expect(read.problems == [])
    #expect(read.shelf.templates.map(\.id) == ["one", "two"])
    #expect(read.shelf.templates[0].slots(.en) == PromptSlots(subject: "a cat", negative: "blurry"))
    #expect(read.shelf.templates[0].slots(.zh) == read.shelf.templates[0].slots(.en))
    #expect(!read.shelf.templates[0].isWritten(in: .zh))
    #expect(read.shelf.templates[1].slots(.zh) == PromptSlots(subject: "猫", negative: "狗"))
    #expect(read.shelf.lists[0].words == [Bilingual("dawn", "黎明"), Bilingual("noir", "noir")])
  }

  @Test func mistakesInPromptsNameTheirLine() throws {
    let read = try prompts(
      """
      tempalte = 1
      [[template]]
      title = "no id"
      en = { subject = "a" }

      [[template]]
      id = "empty"

      [[template]]
      id = "good"
      [template.en]
      subject = "a cat"
      colour = "red"

      [[list]]
      id = "l"
      slot = "stile"

      [[list]]
      id = "m"
      slot = "style"
      words = [["a", "b", "c"], "d"]
      """)
    #expect(
      read.problems == [
        "p.toml:1: “tempalte” means nothing here",
        "p.toml:2: id must be a text",
        "p.toml:6: “empty” has no text: give it en = { … } or zh = { … }",
        "p.toml:13: “colour” is no slot with a text; slots are subject, action, scene, style, camera, negative",
        "p.toml:17: no slot called “stile”",
        "p.toml:22: words are texts or pairs [\"English\", \"中文\"]",
      ])
    #expect(read.shelf.templates.map(\.id) == ["good"])
    #expect(read.shelf.lists.map(\.id) == ["m"])
  }

  @Test func aLineIsFoundInTextsOverSeveralLines() throws {
    let text = "a = \"\"\"\nx = 1\n\"\"\"\nx = \"#\" # = [no]\n[t.u]\n\"k\" = 2\n"
    let index = LineIndex(text)
    #expect(index.line(of: ["x"]) == 4)
    #expect(index.line(of: ["t", "u", "k"]) == 6)
    #expect(index.line(of: ["t", "u", "none"]) == 5)
    #expect(index.line(of: ["none"]) == nil)
  }
}

/// Table headers and arrays at which the library itself would stop the program.
struct CheckedTOMLTests {
  @Test(arguments: ["[=]", "[.a]", "[[[a]]]", "[\rmodels]", "[", "[\n", "a = 1\n  [ #x]", "\u{A0}[!]", "[é]"])
  func badHeadersAreNamed(_ text: String) {
    #expect(throws: CheckedTOML.BadLine.self) { try CheckedTOML.table(text) }
  }

  @Test(arguments: [
    "a = [ } ]", "a = [1, }]", "a = [\u{2028}]", "a = [1,\u{85}2]", "a = [ # }\r\n }", "a = ['x', }",
    "a = [\"\"\"\"\"\" , }]", "a = \"\"\"a\"b\"\"\"\"\nb = [}]", "a = '\\'\nb = [}]", "a = \"\\\"\"\nb = [}]",
    "a = {b = [}",
  ])
  func badArraysAreNamed(_ text: String) {
    #expect {
      try CheckedTOML.table(text)
    } throws: {
      // The last line of each.
      ($0 as? CheckedTOML.BadLine)?.line == text.unicodeScalars.split(separator: "\n").count
    }
  }

  @Test(arguments: [
    "a = ['}', \"\\\"}\", '''}'''] # , }", "a = \"\"\"[\n}\"\"\"", "a = { b = [1, 2] }", "a = [\"x\", # }\n 'y',\n]",
    "[a]\nb = [[1], [2]]\n", "[[a.'b c']]", "x = [\n  [\"a\"],\n  []\n]\n", "[ \"a\" ]", "a = \"[\"", "",
  ])
  func goodOnesAreRead(_ text: String) throws {
    _ = try CheckedTOML.table(text)
  }
}
