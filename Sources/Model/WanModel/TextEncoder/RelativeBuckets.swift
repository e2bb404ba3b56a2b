import Foundation
import Tensors

/// Which learned bias belongs to each distance between two tokens (Raffel et al., T5): half of the buckets for
/// keys after the query; of each half, half for exact distances and the rest logarithmically up to a maximum.
struct RelativeBuckets {
  /// Bucket of key position − query position = index − reach.
  private let buckets: [Int]
  private let reach: Int

  init(_ shape: TextEncoderConfiguration, length: Int) {
    reach = max(length, 1)
    let half = shape.relativeAttentionNumBuckets / 2
    let maximum = shape.relativeAttentionMaxDistance
    buckets = (-reach...reach).map { distance in
      (distance > 0 ? half : 0) + Self.bucket(abs(distance), of: half, maximum: maximum)
    }
  }

  private static func bucket(_ distance: Int, of count: Int, maximum: Int) -> Int {
    let exact = count / 2
    if distance < exact { return distance }
    let ratio = log(Float(distance) / Float(exact)) / Float(log(Double(maximum) / Double(exact)))
    return min(count - 1, exact + Int(ratio * Float(count - exact)))
  }

  /// - Parameter weights: [buckets, heads]
  func bias(_ weights: [Float], heads: Int) -> RelativeBias {
    let table = (0..<heads).flatMap { head in buckets.map { weights[$0 * heads + head] } }
    return RelativeBias(table: Tensor(table, shape: [heads, buckets.count]), reach: reach)
  }
}
