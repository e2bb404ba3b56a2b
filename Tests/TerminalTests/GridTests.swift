import Terminal
import Testing

@Suite("The grid")
struct GridTests {
  @Test("draws boxes and text, and clips whole characters")
  func golden() {
    var grid = Grid(Size(width: 20, height: 5))
    grid.border(grid.bounds, .rounded, title: "历史 history of all clips")
    grid.write("一颗红色的星星在雪地里旋转", at: Point(x: 1, y: 1), limit: 18, ellipsis: true)
    grid.write("cafe\u{301} 👩‍🚀|🇩🇪|❤️|", at: Point(x: 1, y: 2))
    grid.write("12 s", endingAt: Point(x: 19, y: 3))
    #expect(
      grid.text == """
        ╭ 历史 history of …╮
        │一颗红色的星星在… │
        │café 👩‍🚀|🇩🇪|❤️|    │
        │              12 s│
        ╰──────────────────╯

        """)
  }

  @Test("never leaves half of a wide character")
  func halves() {
    var grid = Grid(Size(width: 6, height: 1))
    grid.write("一二三", at: .zero)
    grid.write("x", at: Point(x: 1, y: 0))
    #expect(grid.text == " x二三\n")
    grid.write("y", at: Point(x: 4, y: 0))
    #expect(grid.text == " x二y\n")
    grid.write("四", at: Point(x: 5, y: 0))
    #expect(grid.text == " x二y\n")
    grid.draw(in: Rect(x: 3, y: 0, width: 3, height: 1)) { $0.write("z", at: Point(x: 2, y: 0)) }
    #expect(grid.text == " x  yz\n")
  }

  @Test("a part cannot reach outside")
  func parts() {
    var grid = Grid(Size(width: 8, height: 3))
    grid.draw(in: Rect(x: 6, y: 1, width: 4, height: 1)) {
      $0.write("abcdef", at: .zero)
      $0.write("no", at: Point(x: 0, y: 1))
      $0.cursor = Point(x: 1, y: 0)
    }
    #expect(grid.text == "\n      ab\n\n")
    #expect(grid.cursor == Point(x: 7, y: 1))
  }

  @Test("whatever is drawn, wide characters are whole", arguments: 0..<20)
  func invariant(seed: UInt64) {
    var random = Steps(state: seed &* 2 &+ 1)
    var grid = Grid(Size(width: 12, height: 4))
    for _ in 0..<200 {
      let point = Point(x: Int.random(in: -3...12, using: &random), y: Int.random(in: -1...4, using: &random))
      let text = ["一二三", "ab", "👩‍👩‍👧x", "e\u{301}球", "🇩🇪", " "].randomElement(using: &random) ?? ""
      let width = Int.random(in: 0...8, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: grid.write(text, at: point, limit: width, ellipsis: width % 2 == 0)
      case 1: grid.fill(Rect(x: point.x, y: point.y, width: width, height: 2), with: width % 2 == 0 ? "球" : ".")
      case 2: grid.draw(in: Rect(x: point.x, y: point.y, width: width, height: 2)) { $0.write(text, at: .zero) }
      default: grid.border(Rect(x: point.x, y: point.y, width: width, height: 3))
      }
      for y in 0..<4 {
        let line = (0..<12).map { grid[Point(x: $0, y: y)].text }
        #expect(TextWidth.of(line.joined()) == 12, "\(line)")
      }
    }
  }
}
