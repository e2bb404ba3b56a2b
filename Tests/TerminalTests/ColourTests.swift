import Testing

@testable import Terminal

@Suite("Fewer colours")
struct ColourTests {
  @Test("each depth has its nearest")
  func nearest() {
    let orange = Colour.rgb(255, 135, 0)
    #expect(ColourDepth.direct.reduce(orange) == orange)
    #expect(ColourDepth.indexed.reduce(orange) == .indexed(208))
    #expect(ColourDepth.indexed.reduce(.rgb(128, 128, 128)) == .indexed(244))
    #expect(ColourDepth.sixteen.reduce(.rgb(250, 10, 10)) == .indexed(9))
    #expect(ColourDepth.eight.reduce(.rgb(250, 10, 10)) == .indexed(1))
    #expect(ColourDepth.none.reduce(orange) == .standard)
  }

  @Test("the palette is kept where it fits", arguments: ColourDepth.allCases)
  func palette(depth: ColourDepth) {
    #expect(depth.reduce(.standard) == .standard)
    if depth >= .sixteen { #expect(depth.reduce(.indexed(12)) == .indexed(12)) }
    if depth >= .indexed { #expect(depth.reduce(.indexed(200)) == .indexed(200)) }
  }

  @Test("the cube and the greys are their own nearest")
  func ownNearest() {
    for index in 16..<256 {
      let nearest = Palette.nearest(Palette.rgb[index], in: .indexed)
      #expect(Palette.rgb[Int(nearest)] == Palette.rgb[index], "\(index)")
    }
  }

  @Test("text stays readable when two colours become one")
  func contrast() {
    let style = Style(foreground: .rgb(200, 0, 0), background: .rgb(180, 0, 0))
    let reduced = ColourDepth.eight.reduce(style)
    #expect(reduced.background == .indexed(1))
    #expect(reduced.foreground == .indexed(7))
    #expect(ColourDepth.eight.reduce(Style(foreground: .indexed(12))) == Style(foreground: .indexed(4), bold: true))
    #expect(ColourDepth.eight.reduce(Style(foreground: .indexed(8))) == Style(dim: true))
  }

  @Test("colours as themes write them")
  func hex() {
    #expect(Colour(hex: "#ff8800") == .rgb(255, 136, 0))
    #expect(Colour(hex: "f80") == .rgb(255, 136, 0))
    #expect(Colour(hex: "#ff88") == nil)
    #expect(Colour(hex: "#gg8800") == nil)
    #expect(Colour(hex: "") == nil)
  }
}
