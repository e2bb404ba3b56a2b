import COneDNN
import Kernels

extension CPU {
  /// Queries as unsigned bytes.
  func byteQueries(_ x: Tensor, _ shape: HeadShape) -> AttentionQueries {
    let (count, size) = (x.shape[0], x.shape[1] / shape.heads)
    let result = Tensor(uninitialized: [shape.heads, count, size], type: .uint8)
    let (factors, steps) = (normFactors(x, shape), RowSteps(count: shape.heads * count))
    inParallel(count, piece: 64) { rows in
      measured(.heads) {
        let plain = Tensor(uninitialized: [rows.count, size])
        for head in 0..<shape.heads {
          let first = head * count + rows.lowerBound
          headRows(x, rows, head, shape, factors, into: plain.pointer, as: .float32)
          loops.to_bytes(
            plain.pointer, rows.count, size, 0, result.u8 + first * size, steps.steps.f32 + first,
            steps.zeros.i32 + first)
        }
      }
    }
    return AttentionQueries(values: result, steps: steps)
  }
}

/// Keys as signed bytes, smoothed: something near their mean is taken off all keys of a head first. That changes all scores
/// of a query by the same number, which softmax does not see, and channels that are large in every key no longer cost
/// the others their precision (Zhang et al., SageAttention).
struct ByteKeys {
  /// So many keys, evenly spaced, give the mean.
  private static let sample = 64

  let values: Tensor
  let steps: WeightSteps
  private let cpu: CPU
  private let keys: Tensor
  private let shape: HeadShape
  private let factors: Tensor?
  private let blocks: KeyBlocks
  private let size: Int
  /// [heads, size]
  private let negativeMeans: Tensor

  /// - Parameters:
  ///   - keys: [m, heads · size] float32
  ///   - factors: of their norm.
  init(_ cpu: CPU, _ keys: Tensor, _ shape: HeadShape, _ factors: Tensor?, _ blocks: KeyBlocks) {
    (self.cpu, self.keys, self.shape, self.factors, self.blocks) = (cpu, keys, shape, factors, blocks)
    size = keys.shape[1] / shape.heads
    values = Tensor(uninitialized: [shape.heads, blocks.paddedCount, size], type: .int8)
    steps = WeightSteps(count: shape.heads * blocks.paddedCount)
    negativeMeans = Tensor(uninitialized: [shape.heads, size])
    cpu.inParallel(shape.heads) { [self] head in cpu.measured(.heads) { findMean(head) } }
  }

  private func findMean(_ head: Int) {
    let (count, mean) = (keys.shape[0], negativeMeans.f32 + head * size)
    let samples = min(count, Self.sample)
    let row = Tensor(uninitialized: [1, size])
    mean.update(repeating: 0, count: size)
    for index in 0..<samples {
      let key = index * count / samples
      cpu.headRows(keys, key..<key + 1, head, shape, factors, into: row.pointer, as: .float32)
      cpu.loops.add_gated(mean, size, row.f32, 1, size, nil)
    }
    for channel in 0..<size { mean[channel] /= -Float(samples) }
  }

  /// One block of a head, in the order in which it is multiplied; rows of padding are zero.
  func make(_ head: Int, _ block: KeyBlocks.Block) {
    let (rows, padded, first) = (block.rows.count, block.paddedCount, head * blocks.paddedCount + block.rows.lowerBound)
    let plain = Tensor(uninitialized: [rows, size])
    cpu.headRows(keys, block.rows, head, shape, factors, into: plain.pointer, as: .float32)
    cpu.loops.finish(plain.f32, rows, size, size, negativeMeans.f32 + head * size, mv_identity)
    let target = values.i8 + first * size
    let isPacked = cpu.order(block, size, mv_dnn_rows_of_k, bytes: true) == mv_dnn_packed
    let bytes = Tensor(uninitialized: [isPacked ? padded : 0, size], type: .int8)
    let lying = isPacked ? bytes.i8 : target
    cpu.loops.to_weight_bytes(plain.f32, rows, size, lying, steps.steps.f32 + first, steps.sums.i32 + first)
    (lying + rows * size).update(repeating: 0, count: (padded - rows) * size)
    (steps.steps.f32 + first + rows).update(repeating: 0, count: padded - rows)
    (steps.sums.i32 + first + rows).update(repeating: 0, count: padded - rows)
    if isPacked { cpu.check(mv_dnn_pack(mv_dnn_u8s8, size, padded, mv_dnn_rows_of_k, size, bytes.pointer, target)) }
  }
}
