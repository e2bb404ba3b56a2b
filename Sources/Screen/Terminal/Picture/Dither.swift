/// Ordered dithering: from afar, colours that the palette lacks. The same place always errs in the same way, so moving
/// pictures do not boil.
struct Dither {
  /// Bayer's 4 × 4 order.
  private static let order = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
  /// In 32nds, odd: never quite dark, never quite light.
  private let threshold: Int

  init(x: Int, y: Int) { threshold = 2 * Self.order[(y & 3) * 4 + (x & 3)] + 1 }

  /// Whether a value between two levels becomes the upper one here: as often as it is near to it.
  private func isUpper(_ value: Int, _ low: Int, _ high: Int) -> Bool {
    (value - low) * 32 > threshold * (high - low)
  }

  /// The cube has few greys and the ramp many: what has no hue takes the ramp.
  func indexed(_ colour: RGB) -> UInt8 {
    let channels = [Int(colour.r), Int(colour.g), Int(colour.b)]
    let (darkest, lightest) = (channels.min() ?? 0, channels.max() ?? 0)
    if lightest - darkest < 10, (8...238).contains(lightest) { return grey(channels.reduce(0, +) / 3) }
    let levels = channels.map(cubeLevel)
    return UInt8(16 + 36 * levels[0] + 6 * levels[1] + levels[2])
  }

  /// 24 greys from 8 in steps of 10.
  private func grey(_ value: Int) -> UInt8 {
    let low = min(22, max(0, (value - 8) / 10))
    return UInt8(232 + low + (isUpper(value, 8 + 10 * low, 18 + 10 * low) ? 1 : 0))
  }

  private func cubeLevel(_ value: Int) -> Int {
    let low = value < 95 ? 0 : min(4, (value - 55) / 40)
    let (dark, light) = (Int(Palette.cubeLevels[low]), Int(Palette.cubeLevels[low + 1]))
    return low + (isUpper(value, dark, light) ? 1 : 0)
  }

  /// Each channel is on or off.
  func eight(_ colour: RGB) -> UInt8 { bits(colour, full: 220) }

  /// The same in two strengths.
  func sixteen(_ colour: RGB) -> UInt8 {
    let lightest = Int(max(colour.r, colour.g, colour.b))
    guard lightest > 205, isUpper(lightest, 205, 255) else { return bits(colour, full: 205) }
    let bits = bits(colour, full: 255)
    return bits == 0 ? 0 : 8 + bits
  }

  private func bits(_ colour: RGB, full: Int) -> UInt8 {
    func bit(_ value: UInt8, _ weight: UInt8) -> UInt8 { isUpper(Int(value), 0, full) ? weight : 0 }
    return bit(colour.r, 1) | bit(colour.g, 2) | bit(colour.b, 4)
  }
}
