import Foundation
import Prompting
import Terminal
import Testing

@testable import Studio

/// Whole screens as text. `MOVIOLA_RECORD=1 swift test --filter GoldenTests` writes them anew; look at the difference
/// before you commit it.
struct GoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var state: @Sendable () -> StudioState
    var testDescription: String { name }
  }

  @Test(arguments: cases)
  func screen(_ example: Case) throws {
    let painting = StudioView.draw(example.state())
    var text = painting.grid.text
    if let cursor = painting.grid.cursor { text += "cursor \(cursor.x),\(cursor.y)\n" }
    for picture in painting.grid.pictures { text += "picture \(picture.area)\n" }
    let file = Self.folder.appending(path: "\(example.name).txt")
    if ProcessInfo.processInfo.environment["MOVIOLA_RECORD"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(text == (try? String(contentsOf: file, encoding: .utf8)))
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
  private static let sizes = [(120, 34), (80, 24), (60, 16), (200, 60)]

  static let cases: [Case] =
    PromptLanguage.allCases.flatMap { language in
      sizes.flatMap { width, height in
        let place = "\(width)x\(height)-\(language.rawValue)"
        return [
          Case(name: "compose-\(place)") { Samples.composing(width, height, language) },
          Case(name: "history-\(place)") { Samples.browsing(width, height, language) },
        ]
      } + layers(language)
    } + [
      Case(name: "too-small") { Samples.composing(40, 10) },
      Case(name: "history-failed-120x34-en") { Samples.browsing(120, 34, selection: 2) },
      Case(name: "history-log-120x34-en") {
        var state = Samples.browsing(120, 34, selection: 2)
        let lines = ["info #38 begins", "warning #38 " + String(repeating: "long ", count: 40), "error #38 ended"]
        _ = update(&state, .log(38, lines.map { "2026-11-23T16:02:22.120Z " + $0 }))
        return state
      },
      Case(name: "compose-first-80x24-en") { Samples.state(80, 24) },
    ]

  private static func layers(_ language: PromptLanguage) -> [Case] {
    let keys: [(String, [Key])] = [
      ("help", [.function(1)]), ("palette", [.control("p")]), ("quit", [.control("q")]), ("zoom", [.function(6)]),
      ("variations", [.function(9)]), ("queue", [.function(4)]),
      ("entry", [Key(.backtab), Key(.backtab), Key(.down), .character("3"), .character("3")]),
    ]
    return keys.map { name, keys in
      Case(name: "\(name)-110x30-\(language.rawValue)") {
        var state = Samples.composing(110, 30, language)
        for key in keys { _ = update(&state, .input(.key(key))) }
        return state
      }
    }
  }
}
