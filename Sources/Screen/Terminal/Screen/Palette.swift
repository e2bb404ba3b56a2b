/// A colour as numbers.
struct RGB: Hashable {
  var r: UInt8
  var g: UInt8
  var b: UInt8

  init(_ r: UInt8, _ g: UInt8, _ b: UInt8) {
    self.r = r
    self.g = g
    self.b = b
  }

  var luminance: Int { (Int(r) * 54 + Int(g) * 183 + Int(b) * 19) / 256 }

  /// Squared. Brightness counts most; beside it the hue, so that a grey does not become yellow because that is as
  /// bright.
  func distance(to other: RGB) -> Int {
    let brightness = luminance - other.luminance
    let red = (Int(r) - Int(g)) - (Int(other.r) - Int(other.g))
    let blue = (Int(b) - Int(g)) - (Int(other.b) - Int(other.g))
    return 4 * brightness * brightness + 2 * (red * red + blue * blue)
  }
}

/// The 256 colours as xterm has them. (The first 16 may look different in another theme; nothing better is known.)
enum Palette {
  static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  static let rgb: [RGB] = {
    let system: [UInt32] = [
      0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
      0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]
    let named = system.map { RGB(UInt8($0 >> 16), UInt8($0 >> 8 & 255), UInt8($0 & 255)) }
    let cube = (0..<216).map { RGB(cubeLevels[$0 / 36], cubeLevels[$0 / 6 % 6], cubeLevels[$0 % 6]) }
    let greys = (0..<24).map { UInt8(8 + 10 * $0) }.map { RGB($0, $0, $0) }
    return named + cube + greys
  }()

  static func nearest(_ colour: RGB, in depth: ColourDepth) -> UInt8 {
    switch depth {
    case .eight: nearest(colour, among: 0..<8)
    case .sixteen: nearest(colour, among: 0..<16)
    // The first 16 are left to the user's theme.
    default: nearestInCube(colour)
    }
  }

  private static func nearest(_ colour: RGB, among indices: Range<Int>) -> UInt8 {
    UInt8(indices.min { rgb[$0].distance(to: colour) < rgb[$1].distance(to: colour) } ?? 0)
  }

  private static func nearestInCube(_ colour: RGB) -> UInt8 {
    let inCube = 16 + 36 * level(colour.r) + 6 * level(colour.g) + level(colour.b)
    let mean = (Int(colour.r) + Int(colour.g) + Int(colour.b)) / 3
    let grey = 232 + min(23, max(0, (mean - 3) / 10))
    return UInt8(rgb[grey].distance(to: colour) < rgb[inCube].distance(to: colour) ? grey : inCube)
  }

  private static func level(_ value: UInt8) -> Int {
    value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40
  }
}
