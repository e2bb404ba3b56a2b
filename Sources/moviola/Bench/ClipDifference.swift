import Foundation
import Rendering

/// How far a clip is from another of the same size: what sparing passes cost.
///
/// PSNR is over the colours of all frames. SSIM is that of Wang et al. (2004) on brightness (BT.601), in windows of
/// 8 × 8 at every fourth pixel, the mean of all. Motion is the mean change from frame to frame, as a part of the
/// other's.
struct ClipDifference {
  /// Decibels; infinite for the same frames.
  let psnr: Double
  let ssim: Double
  let motion: Double

  init(_ clip: [Frame], against plain: [Frame]) {
    var squares = 0.0
    var count = 0
    for (one, other) in zip(clip, plain) {
      squares += zip(one.rgb, other.rgb).reduce(0.0) { sum, pair in
        let difference = Double(Int(pair.0) - Int(pair.1))
        return sum + difference * difference
      }
      count += one.rgb.count
    }
    psnr = squares == 0 ? .infinity : 10 * log10(255 * 255 * Double(max(count, 1)) / squares)
    let parts = zip(clip, plain).map { Brightness($0).similarity(to: Brightness($1)) }
    ssim = parts.isEmpty ? 1 : parts.reduce(0, +) / Double(parts.count)
    let (mine, others) = (Self.motion(clip), Self.motion(plain))
    motion = others == 0 ? 1 : mine / others
  }

  /// The mean change of a colour from one frame to the next.
  private static func motion(_ clip: [Frame]) -> Double {
    let sums = zip(clip, clip.dropFirst()).map { one, next in
      zip(one.rgb, next.rgb).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    }
    let count = sums.count * (clip.first?.rgb.count ?? 0)
    return count == 0 ? 0 : Double(sums.reduce(0, +)) / Double(count)
  }
}

/// The brightness of a frame's pixels, 0…255.
private struct Brightness {
  let width: Int
  let height: Int
  let values: [Double]

  private static let window = 8
  private static let step = 4

  init(_ frame: Frame) {
    (width, height) = (frame.width, frame.height)
    values = stride(from: 0, to: frame.rgb.count, by: 3).map { pixel in
      let (red, green, blue) = (frame.rgb[pixel], frame.rgb[pixel + 1], frame.rgb[pixel + 2])
      return 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
    }
  }

  func similarity(to other: Brightness) -> Double {
    var (sum, count) = (0.0, 0)
    for top in stride(from: 0, through: height - Self.window, by: Self.step) {
      for left in stride(from: 0, through: width - Self.window, by: Self.step) {
        sum += similarity(to: other, top, left)
        count += 1
      }
    }
    return count == 0 ? 1 : sum / Double(count)
  }

  /// (2μxμy + C1)(2σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)) of one window.
  private func similarity(to other: Brightness, _ top: Int, _ left: Int) -> Double {
    var (x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for row in top..<top + Self.window {
      for place in row * width + left..<row * width + left + Self.window {
        let (a, b) = (values[place], other.values[place])
        (x, y, xx, yy, xy) = (x + a, y + b, xx + a * a, yy + b * b, xy + a * b)
      }
    }
    let count = Double(Self.window * Self.window)
    (x, y) = (x / count, y / count)
    let (varianceX, varianceY, covariance) = (xx / count - x * x, yy / count - y * y, xy / count - x * y)
    let (c1, c2) = (6.5025, 58.5225)  // (0.01 · 255)², (0.03 · 255)²
    return (2 * x * y + c1) * (2 * covariance + c2) / ((x * x + y * y + c1) * (varianceX + varianceY + c2))
  }
}
