/// One finished picture of a clip.
public struct Frame: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// RGB24, rows from the top, no padding: `width * height * 3` bytes.
  public let rgb: [UInt8]

  public init(width: Int, height: Int, rgb: [UInt8]) {
    precondition(rgb.count == width * height * 3, "a frame is width × height × 3 bytes")
    self.width = width
    self.height = height
    self.rgb = rgb
  }
}
