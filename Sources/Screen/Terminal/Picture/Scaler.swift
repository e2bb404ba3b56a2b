/// Scales RGB24 pictures with a triangle filter that covers every source pixel: smooth when enlarging, without
/// flicker or moiré when shrinking.
enum Scaler {
  struct Image: Hashable {
    var width: Int
    var height: Int
    /// RGB24, rows from the top.
    var rgb: [UInt8]
  }

  static func scale(_ image: Image, width: Int, height: Int) -> Image {
    guard width > 0, height > 0, image.width > 0, image.height > 0 else { return Image(width: 0, height: 0, rgb: []) }
    if width == image.width, height == image.height { return image }
    let rows = horizontally(image, width)
    return vertically(rows, rowWidth: width * 3, from: image.height, to: height)
  }

  /// Which source positions make one target position, and how much of each (sums to 1).
  struct Taps {
    var first: Int
    var weights: [Float]
  }

  static func taps(from source: Int, to target: Int) -> [Taps] {
    let ratio = Float(source) / Float(target)
    let radius = max(1, ratio)
    return (0..<target).map { index in
      let centre = (Float(index) + 0.5) * ratio - 0.5
      let first = max(0, Int((centre - radius).rounded(.up)))
      let last = min(source - 1, Int((centre + radius).rounded(.down)))
      let weights = (first...max(first, last)).map { max(0, 1 - abs(Float($0) - centre) / radius) }
      let sum = weights.reduce(0, +)
      return Taps(first: first, weights: sum > 0 ? weights.map { $0 / sum } : [1])
    }
  }

  private static func horizontally(_ image: Image, _ width: Int) -> [Float] {
    let taps = taps(from: image.width, to: width)
    var result = [Float](repeating: 0, count: width * image.height * 3)
    for y in 0..<image.height {
      for x in 0..<width {
        var (r, g, b): (Float, Float, Float) = (0, 0, 0)
        var source = (y * image.width + taps[x].first) * 3
        for weight in taps[x].weights {
          r += weight * Float(image.rgb[source])
          g += weight * Float(image.rgb[source + 1])
          b += weight * Float(image.rgb[source + 2])
          source += 3
        }
        let target = (y * width + x) * 3
        result[target] = r
        result[target + 1] = g
        result[target + 2] = b
      }
    }
    return result
  }

  private static func vertically(_ rows: [Float], rowWidth: Int, from source: Int, to height: Int) -> Image {
    let taps = taps(from: source, to: height)
    var rgb = [UInt8](repeating: 0, count: rowWidth * height)
    for y in 0..<height {
      for x in 0..<rowWidth {
        var sum: Float = 0.5
        var at = taps[y].first * rowWidth + x
        for weight in taps[y].weights {
          sum += weight * rows[at]
          at += rowWidth
        }
        rgb[y * rowWidth + x] = UInt8(min(255, sum))
      }
    }
    return Image(width: rowWidth / 3, height: height, rgb: rgb)
  }
}

extension Scaler.Image {
  subscript(x: Int, y: Int) -> RGB {
    let at = (y * width + x) * 3
    return RGB(rgb[at], rgb[at + 1], rgb[at + 2])
  }
}
