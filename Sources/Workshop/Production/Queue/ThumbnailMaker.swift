import Rendering

/// Makes a small moving picture of frames as they stream by: a few of them, evenly spread, each pixel the mean of
/// those that it stands for.
struct ThumbnailMaker {
  static let mostFrames = 8
  static let largestSide = 48

  private let frameCount: Int
  private let framesPerSecond: Int
  private let kept: Set<Int>
  private var seen = 0
  private var frames: [Frame] = []

  init(_ recipe: Recipe) {
    self.init(frameCount: recipe.frameCount, framesPerSecond: recipe.framesPerSecond)
  }

  init(frameCount: Int, framesPerSecond: Int) {
    self.frameCount = frameCount
    self.framesPerSecond = framesPerSecond
    let count = min(frameCount, Self.mostFrames)
    kept = Set((0..<count).map { $0 * (frameCount - 1) / max(count - 1, 1) })
  }

  mutating func take(_ frame: Frame) {
    if kept.contains(seen) { frames.append(Self.shrunk(frame)) }
    seen += 1
  }

  /// What has been seen so far, at the speed of the clip; nil before the first frame.
  var thumbnail: Thumbnail? {
    guard !frames.isEmpty else { return nil }
    let pace = Double(framesPerSecond) * Double(kept.count) / Double(max(frameCount, 1))
    return Thumbnail(frames: frames, framesPerSecond: pace)
  }

  /// A preview of the denoising, which has one frame for four of the clip.
  static func preview(_ frames: [Frame], of recipe: Recipe) -> Thumbnail? {
    guard !frames.isEmpty else { return nil }
    let pace = max(recipe.framesPerSecond * frames.count / max(recipe.frameCount, 1), 1)
    var maker = ThumbnailMaker(frameCount: frames.count, framesPerSecond: pace)
    for frame in frames { maker.take(frame) }
    return maker.thumbnail
  }

  static func shrunk(_ frame: Frame) -> Frame {
    let scale = min(Double(largestSide) / Double(max(frame.width, frame.height, 1)), 1)
    let width = max(Int((Double(frame.width) * scale).rounded()), 1)
    let height = max(Int((Double(frame.height) * scale).rounded()), 1)
    guard width < frame.width || height < frame.height else { return frame }
    var rgb: [UInt8] = []
    rgb.reserveCapacity(width * height * 3)
    for y in 0..<height {
      let rows = y * frame.height / height..<(y + 1) * frame.height / height
      for x in 0..<width {
        rgb += mean(frame, rows, x * frame.width / width..<(x + 1) * frame.width / width)
      }
    }
    return Frame(width: width, height: height, rgb: rgb)
  }

  private static func mean(_ frame: Frame, _ rows: Range<Int>, _ columns: Range<Int>) -> [UInt8] {
    var (red, green, blue) = (0, 0, 0)
    for y in rows {
      for x in columns {
        let pixel = (y * frame.width + x) * 3
        red += Int(frame.rgb[pixel])
        green += Int(frame.rgb[pixel + 1])
        blue += Int(frame.rgb[pixel + 2])
      }
    }
    let count = rows.count * columns.count
    return [red, green, blue].map { UInt8($0 / count) }
  }
}
