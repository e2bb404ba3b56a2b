/// A small moving picture of a clip: a few frames that show in a list.
///
/// Stored as a compact blob: 16 bits a pixel, no compression, so that a list can draw without decoding.
public struct Thumbnail: Hashable, Sendable {
  public let frames: [Frame]
  public let framesPerSecond: Double

  public init(frames: [Frame], framesPerSecond: Double) {
    self.frames = frames
    self.framesPerSecond = framesPerSecond
  }
}

extension Thumbnail {
  private static let version: UInt8 = 1
  private static let headerBytes = 6

  /// Version, frame count, width and height (big-endian 12 bits each in 3 bytes), frames a second in quarters;
  /// then pixels as RGB565, big-endian.
  public var bytes: [UInt8] {
    guard let first = frames.first, first.width < 4096, first.height < 4096, frames.count < 256 else { return [] }
    var bytes: [UInt8] = [
      Self.version, UInt8(frames.count), UInt8(first.width >> 4),
      UInt8(first.width & 15) << 4 | UInt8(first.height >> 8), UInt8(first.height & 255),
      UInt8(min(max(framesPerSecond * 4, 1), 255)),
    ]
    bytes.reserveCapacity(Self.headerBytes + frames.count * first.width * first.height * 2)
    for frame in frames {
      for pixel in stride(from: 0, to: frame.rgb.count, by: 3) {
        let (red, green, blue) = (frame.rgb[pixel], frame.rgb[pixel + 1], frame.rgb[pixel + 2])
        bytes.append(red & 0xF8 | green >> 5)
        bytes.append((green << 3) & 0xE0 | blue >> 3)
      }
    }
    return bytes
  }

  /// nil for bytes that no thumbnail has: a list goes on without the picture.
  public init?(bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count > Self.headerBytes, bytes[0] == Self.version else { return nil }
    let count = Int(bytes[1])
    let width = Int(bytes[2]) << 4 | Int(bytes[3] >> 4)
    let height = Int(bytes[3] & 15) << 8 | Int(bytes[4])
    let frameBytes = width * height * 2
    guard frameBytes > 0, bytes.count == Self.headerBytes + count * frameBytes else { return nil }
    frames = (0..<count).map { index in
      let start = Self.headerBytes + index * frameBytes
      return Frame(width: width, height: height, rgb: Self.rgb(bytes[start..<start + frameBytes]))
    }
    framesPerSecond = Double(bytes[5]) / 4
  }

  private static func rgb(_ pixels: ArraySlice<UInt8>) -> [UInt8] {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(pixels.count / 2 * 3)
    for index in stride(from: pixels.startIndex, to: pixels.endIndex, by: 2) {
      let (high, low) = (pixels[index], pixels[index + 1])
      // The upper bits again in the free lower ones, so that white stays white.
      let (red, green, blue) = (high & 0xF8, high << 5 | (low >> 3) & 0x1C, low << 3)
      rgb.append(red | red >> 5)
      rgb.append(green | green >> 6)
      rgb.append(blue | blue >> 5)
    }
    return rgb
  }
}
