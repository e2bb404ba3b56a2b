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
}
