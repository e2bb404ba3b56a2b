/// Pictures as text: two pixels a cell with "▀", or what the terminal can do instead.
struct HalfBlocks {
  var depth: ColourDepth
  var isUnicode: Bool

  /// A grid of this size that shows the picture.
  func render(_ picture: Scaler.Image, size: Size) -> Grid {
    var grid = Grid(size)
    let pixels = Scaler.scale(picture, width: size.width, height: size.height * 2)
    guard pixels.width > 0 else { return grid }
    for y in 0..<size.height {
      for x in 0..<size.width {
        let cell = cell(top: pixels[x, 2 * y], bottom: pixels[x, 2 * y + 1], x: x, y: y)
        grid.put(cell.text, columns: 1, at: Point(x: x, y: y), style: cell.style)
      }
    }
    return grid
  }

  private func cell(top: RGB, bottom: RGB, x: Int, y: Int) -> Cell {
    guard depth > .none else { return shade(Self.mean(top, bottom)) }
    guard isUnicode else {
      return Cell(" ", style: Style(background: colour(Self.mean(top, bottom), x: x, y: y)))
    }
    let (upper, lower) = (colour(top, x: x, y: 2 * y), colour(bottom, x: x, y: 2 * y + 1))
    if upper == lower { return Cell(" ", style: Style(background: lower)) }
    return Cell("▀", style: Style(foreground: upper, background: lower))
  }

  /// Without colours: darker or lighter characters.
  private func shade(_ colour: RGB) -> Cell {
    let ramp: [String] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
    return Cell(ramp[colour.luminance * ramp.count / 256])
  }

  private func colour(_ pixel: RGB, x: Int, y: Int) -> Colour {
    switch depth {
    case .direct: .rgb(pixel.r, pixel.g, pixel.b)
    case .indexed: .indexed(Dither(x: x, y: y).indexed(pixel))
    case .sixteen: .indexed(Dither(x: x, y: y).sixteen(pixel))
    default: .indexed(Dither(x: x, y: y).eight(pixel))
    }
  }

  private static func mean(_ a: RGB, _ b: RGB) -> RGB {
    func half(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) + Int(b)) / 2) }
    return RGB(half(a.r, b.r), half(a.g, b.g), half(a.b, b.b))
  }
}
