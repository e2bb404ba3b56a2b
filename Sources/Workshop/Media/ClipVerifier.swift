import CFFmpeg
public import Rendering

/// Reopens a finished clip and decodes all of it: unknown is never done.
///
///     let check = try ClipVerifier.check("clip.mp4", against: recipe)
///     print(check.frames)  // recipe.frameCount
///     for warning in check.warnings { print(warning) }
///     // Throws RenderError, code `encoding`, if size, rate, number of frames or the embedded recipe
///     // are not those of the recipe.
public enum ClipVerifier {
  public static func check(_ path: String, against recipe: Recipe) throws -> ClipCheck {
    let file = try ClipFile(path)
    guard try ClipMetadata.recipe(in: file, path) == recipe else {
      throw failure(path, "holds another recipe than the one it was made from")
    }
    var statistics = ClipStatistics()
    do {
      try file.decode(rate: recipe.framesPerSecond) { picture, index in
        try Task.checkCancellation()
        let size = (Int(picture.pointer.pointee.width), Int(picture.pointer.pointee.height))
        guard size == (recipe.width, recipe.height) else {
          throw failure(path, "has frames of \(size.0)×\(size.1) instead of \(recipe.width)×\(recipe.height)")
        }
        guard index == statistics.frames else {
          throw failure(path, "does not show frame \(statistics.frames + 1) at \(recipe.framesPerSecond) a second")
        }
        statistics.add(picture)
      }
    } catch let error as LibavError {
      throw error.renderError()
    }
    guard statistics.frames == recipe.frameCount else {
      throw failure(path, "has \(statistics.frames) frames instead of \(recipe.frameCount)")
    }
    return statistics.check
  }

  private static func failure(_ path: String, _ what: String) -> RenderError {
    RenderError(.encoding, "the finished clip \(path) \(what)")
  }
}

/// What the decoded clip looks like, in numbers.
public struct ClipCheck: Hashable, Sendable {
  public let frames: Int
  /// 0 (black) … 255 (white).
  public let meanLuma: Double
  /// Mean absolute change of luma from frame to frame, in the same unit; 0 for a single frame.
  public let meanDifference: Double
  /// The largest change of any 8×8 block since the first frame, in the same unit.
  public let largestChange: Double

  /// What a person should look at, in sentences.
  public var warnings: [String] {
    if meanLuma < 3 { return ["the clip is black: damaged weights or a wrong VAE are the usual reasons"] }
    // Flicker of VAE and encoder stays below; anything that moves or fades leaves a block far behind.
    if frames > 1, largestChange < 6 { return ["the clip stands still: say in the prompt what moves"] }
    return []
  }
}

/// Luma statistics, one frame at a time.
struct ClipStatistics {
  private(set) var frames = 0
  private var first: [UInt8] = []
  private var previous: [UInt8] = []
  private var lumaSum = 0.0
  private var differenceSum = 0.0
  private var largestChange = 0.0

  /// Video luma goes from 16 to 235.
  private static let fullRange = 255.0 / 219

  var check: ClipCheck {
    let pairs = Double(max(frames - 1, 1))
    return ClipCheck(
      frames: frames, meanLuma: max(lumaSum / Double(max(frames, 1)) - 16, 0) * Self.fullRange,
      meanDifference: differenceSum / pairs * Self.fullRange, largestChange: largestChange * Self.fullRange)
  }

  mutating func add(_ picture: PictureBuffer) {
    let width = Int(picture.pointer.pointee.width)
    let pixels = width * Int(picture.pointer.pointee.height)
    var luma: [UInt8] = []
    luma.reserveCapacity(pixels)
    picture.forEachRow(bytes: width) { _, row in luma.append(contentsOf: row) }
    lumaSum += Double(luma.reduce(0) { $0 + Int($1) }) / Double(pixels)
    if frames == 0 {
      first = luma
    } else {
      differenceSum += Double(Self.sumOfDifferences(luma, previous)) / Double(pixels)
      largestChange = max(largestChange, Self.largestBlockChange(luma, first, width: width))
    }
    previous = luma
    frames += 1
  }

  private static func sumOfDifferences(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var sum = 0
    for (a, b) in zip(a, b) { sum += abs(Int(a) - Int(b)) }
    return sum
  }

  /// The largest mean absolute difference of an 8×8 block.
  private static func largestBlockChange(_ a: [UInt8], _ b: [UInt8], width: Int) -> Double {
    var sums = [Int](repeating: 0, count: (width + 7) / 8)
    var largest = 0
    for start in stride(from: 0, to: min(a.count, b.count), by: width) {
      for x in 0..<width { sums[x / 8] += abs(Int(a[start + x]) - Int(b[start + x])) }
      guard start / width % 8 == 7 else { continue }
      largest = max(largest, sums.max() ?? 0)
      for index in sums.indices { sums[index] = 0 }
    }
    return Double(largest) / 64
  }
}
