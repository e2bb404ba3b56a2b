import Foundation
import Tensors

/// Three-dimensional rotary position embedding: a part of each head for the frame, one for the row, one for the
/// column (Su et al., RoFormer; the split of Wan: d − 4⌊d/6⌋, 2⌊d/6⌋, 2⌊d/6⌋). Angles are computed in double.
enum RotaryEmbedding {
  /// Angles of all tokens of a grid, frames outermost: [frames · rows · columns, headSize / 2].
  static func angles(frames: Int, rows: Int, columns: Int, headSize: Int, theta: Double = 10_000) -> RotaryAngles {
    let spatial = 2 * (headSize / 6)
    let parts = [
      (frames, frequencies(headSize - 2 * spatial, theta)),
      (rows, frequencies(spatial, theta)),
      (columns, frequencies(spatial, theta)),
    ]
    let tables = parts.map { count, frequencies in table(count, frequencies) }
    let tokens = frames * rows * columns
    let cosine = Tensor(uninitialized: [tokens, headSize / 2])
    let sine = Tensor(uninitialized: [tokens, headSize / 2])
    cosine.withMutableFloats { cosine in
      sine.withMutableFloats { sine in
        var next = 0
        for token in 0..<tokens {
          let position = [token / (rows * columns), token / columns % rows, token % columns]
          for (part, table) in tables.enumerated() {
            for angle in table[position[part]] {
              (cosine[next], sine[next]) = angle
              next += 1
            }
          }
        }
      }
    }
    return RotaryAngles(cosine: cosine, sine: sine)
  }

  private static func frequencies(_ size: Int, _ theta: Double) -> [Double] {
    stride(from: 0, to: size, by: 2).map { 1 / pow(theta, Double($0) / Double(size)) }
  }

  private static func table(_ count: Int, _ frequencies: [Double]) -> [[(Float, Float)]] {
    (0..<count).map { position in
      frequencies.map { (Float(cos(Double(position) * $0)), Float(sin(Double(position) * $0))) }
    }
  }
}
