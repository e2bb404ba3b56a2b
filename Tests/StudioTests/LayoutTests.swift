import Foundation
import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// What holds on every screen at every size.
struct LayoutTests {
  private static let keys: [[Key]] = [
    [], [.function(1)], [.control("p")], [.function(6)], [.function(9)], [.control("q")], [.function(4)],
    [.function(5)],
    [.control("f")], [.control("o")], [.control("n")], [Key(.backtab)],
  ]

  @Test(arguments: PromptLanguage.allCases)
  func everySizeDraws(language: PromptLanguage) {
    for (width, height) in [
      (1, 1), (20, 5), (59, 16), (60, 15), (60, 16), (61, 17), (79, 23), (99, 24), (100, 23), (101, 31), (133, 40),
      (200, 60),
    ] {
      for keys in Self.keys {
        for start in [Samples.composing(width, height, language), Samples.browsing(width, height, language)] {
          var state = start
          for key in keys { _ = update(&state, .input(.key(key))) }
          let painting = StudioView.draw(state)
          #expect(painting.grid.size == state.size)
          for picture in painting.grid.pictures {
            #expect(picture.area.intersection(painting.grid.bounds) == picture.area, "\(width)×\(height) \(keys)")
          }
          if let cursor = painting.grid.cursor { #expect(painting.grid.bounds.contains(cursor)) }
        }
      }
    }
  }

  /// The divider stands in one column on every row, whatever is written beside it.
  @Test(arguments: PromptLanguage.allCases)
  func theDividerIsStraight(language: PromptLanguage) {
    for (state, name) in [
      (Samples.composing(120, 34, language), "compose"), (Samples.browsing(120, 34, language), "history"),
    ] {
      let grid = StudioView.draw(state).grid
      let rule = (0..<120).filter { grid[Point(x: $0, y: name == "compose" ? 1 : 2)].text == "┬" }
      #expect(rule.count == 1, "\(name)")
      guard let x = rule.first else { continue }
      for y in (name == "compose" ? 2 : 3)..<33 { #expect(grid[Point(x: x, y: y)].text == "│", "\(name) row \(y)") }
    }
  }

  /// Every row, measured as a terminal does, ends where the screen does: no wide character was torn.
  @Test(arguments: PromptLanguage.allCases)
  func rowsHaveTheirWidth(language: PromptLanguage) {
    for width in stride(from: 60, through: 130, by: 3) {
      let grid = StudioView.draw(Samples.browsing(width, 24, language)).grid
      for y in 0..<24 {
        let columns = (0..<width).reduce(0) { $0 + TextWidth.of(grid[Point(x: $1, y: y)].text) }
        #expect(columns == width, "width \(width), row \(y)")
      }
    }
  }

  @Test func areasOfComposeDoNotOverlap() {
    for width in stride(from: 60, through: 200, by: 7) {
      for height in stride(from: 16, through: 60, by: 3) {
        let layout = ComposeLayout(Samples.composing(width, height, .zh))
        let areas =
          Array(layout.fields.values) + [layout.readsAs, layout.advice, layout.settings, layout.plan, layout.panel]
        for (index, area) in areas.enumerated() {
          for other in areas[(index + 1)...] {
            #expect(area.intersection(other).isEmpty, "\(width)×\(height): \(area) and \(other)")
          }
        }
        #expect(layout.fields.count == 6, "every field is there at \(width)×\(height)")
        #expect(layout.fields.values.allSatisfy { $0.height > 0 })
      }
    }
  }

  @Test func nothingMovesWhileNumbersChange() {
    func places(_ state: StudioState) -> [Point] {
      let grid = StudioView.draw(state).grid
      return (0..<34).flatMap { y in (65..<120).map { Point(x: $0, y: y) } }.filter { "─│╭╮╰╯".contains(grid[$0].text) }
    }
    var state = Samples.composing(120, 34)
    let before = places(state)
    for index in 13...20 {
      state.now += 47
      _ = update(&state, .news(.event(42, .step(Samples.step(index, .lowNoiseExpert)))))
      _ = update(&state, .memory(.init(engineBytes: index << 31, usedRAMBytes: index << 30, totalRAMBytes: 1 << 36)))
      #expect(places(state) == before)
    }
  }

  @Test func asciiIsASCII() {
    var state = Samples.composing(120, 34)
    state.options.isASCII = true
    state.queue.jobs = []
    let text = StudioView.draw(state).grid.text
    // Texts are the terminal's business (it has forms for quotes and "×"); signs, bars and borders are ours.
    #expect(text.filter { "✓✗▶·⚄●○█░─│╭╮╰╯▌≈σ▁▂▃▄▅▆▇".contains($0) } == "")
  }
}
