import COneDNN
import Kernels

extension CPU {
  /// Queries as unsigned bytes around 128.
  func byteQueries(_ x: Tensor, _ shape: HeadShape) -> AttentionQueries {
    let (count, size) = (x.shape[0], x.shape[1] / shape.heads)
    let result = Tensor(uninitialized: [shape.heads, count, size], type: .uint8)
    let steps = Tensor(uninitialized: [shape.heads * count])
    inParallel(count, piece: 64) { rows in
      measured(.heads) {
        let (plain, factors) = (Tensor(uninitialized: [rows.count, size]), normFactors(x, rows, shape))
        for head in 0..<shape.heads {
          let first = head * count + rows.lowerBound
          headRows(x, rows, head, shape, factors?.f32, into: plain.pointer, as: .float32)
          loops.to_centred_bytes(plain.f32, rows.count, size, result.u8 + first * size, steps.f32 + first)
        }
      }
    }
    return AttentionQueries(values: result, steps: steps)
  }

  /// Keys and values as signed bytes: of all at once, because the mean that is taken off the keys is that of all of them.
  func byteMemory(
    of count: Int, _ shape: HeadShape, _ part: (Range<Int>) -> (keys: Tensor, values: Tensor)
  ) -> AttentionMemory {
    let (keys, values) = part(0..<count)
    let blocks = byteBlocks(count, size: keys.shape[1] / shape.heads)
    let bytes = ByteMemory(self, keys, values, shape, normFactors(keys, shape), blocks)
    inParallel(shape.heads * blocks.count) { index in
      let block = index % blocks.count
      measured(.heads) { bytes.make(index / blocks.count, block, blocks[block]) }
    }
    return bytes.memory
  }

  /// Weights are rounded relative to the largest of a block. Where our loops multiply, blocks are larger, and are taken apart
  /// if that would cost precision.
  func byteBlocks(_ count: Int, size: Int) -> KeyBlocks {
    let multiple = KeyBlocks.multiple
    let areOurs = [(size, multiple), (multiple, size)].allSatisfy {
      packedOrder(mv_dnn_u8s8, k: $0, n: $1) == .ours
    }
    return areOurs ? KeyBlocks(count: count) : KeyBlocks(count: count, atMost: ByteAttention.part)
  }
}

/// Keys and values as signed bytes.
///
/// Keys are smoothed: something near their mean is taken off all keys of a head first. That changes all scores
/// of a query by the same number, which softmax does not see, and channels that are large in every key no longer cost
/// the others their precision (Zhang et al., SageAttention). Each key has a step of its own; of values each channel has
/// one in every block.
struct ByteMemory {
  /// So many keys, evenly spaced, give the mean.
  private static let sample = 64

  let memory: AttentionMemory
  private let cpu: CPU
  private let keys: Tensor
  private let values: Tensor
  private let shape: HeadShape
  private let factors: Tensor?
  private let blocks: KeyBlocks
  private let size: Int
  /// [heads, size]
  private let negativeMeans: Tensor
  private let keyWords: KeyWords
  private let valueSteps: Tensor

  /// - Parameters:
  ///   - keys: [m, heads · size] float32; values likewise.
  ///   - factors: of the keys' norm.
  init(_ cpu: CPU, _ keys: Tensor, _ values: Tensor, _ shape: HeadShape, _ factors: Tensor?, _ blocks: KeyBlocks) {
    (self.cpu, self.keys, self.values, self.shape) = (cpu, keys, values, shape)
    (self.factors, self.blocks) = (factors, blocks)
    size = keys.shape[1] / shape.heads
    let place = [shape.heads, blocks.paddedCount, size]
    keyWords = KeyWords(heads: shape.heads, blocks, size: size, largest: Int(cpu.largestPair) / 2)
    valueSteps = Tensor(uninitialized: [shape.heads, blocks.count, size])
    memory = AttentionMemory(
      count: keys.shape[0], keys: Tensor(uninitialized: place, type: .int8),
      values: Tensor(uninitialized: place, type: .int8), steps: MemorySteps(keys: keyWords, values: valueSteps))
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
      cpu.headRows(keys, key..<key + 1, head, shape, factors.map { $0.f32 + key }, into: row.pointer, as: .float32)
      cpu.loops.addBias(row.f32, to: mean, rows: 1, columns: size)
    }
    for channel in 0..<size { mean[channel] /= -Float(samples) }
  }

  /// One block of a head, in the order in which it is multiplied; rows of padding are zero.
  func make(_ head: Int, _ index: Int, _ block: KeyBlocks.Block) {
    let plain = Tensor(uninitialized: [block.rows.count, size])
    let first = head * blocks.paddedCount + block.rows.lowerBound
    let norm = factors.map { $0.f32 + block.rows.lowerBound }
    cpu.headRows(keys, block.rows, head, shape, norm, into: plain.pointer, as: .float32)
    cpu.loops.addBias(negativeMeans.f32 + head * size, to: plain.f32, rows: block.rows.count, columns: size)
    pack(block, .rowsOfK, into: memory.keys.i8 + first * size) { bytes in
      let steps = WeightSteps(count: block.rows.count)
      cpu.loops.to_weight_bytes(
        plain.pointer, block.rows.count, size, 0, cpu.largestPair, bytes, steps.steps.f32, steps.sums.f32)
      keyWords.set(
        head, index, steps: UnsafeBufferPointer(start: steps.steps.f32, count: block.rows.count),
        sums: UnsafeBufferPointer(start: steps.sums.f32, count: block.rows.count))
    }
    cpu.headRows(values, block.rows, head, HeadShape(heads: shape.heads), nil, into: plain.pointer, as: .float32)
    pack(block, .rowsOfN, into: memory.values.i8 + first * size) { bytes in
      cpu.loops.to_column_bytes(
        plain.f32, block.rows.count, size, cpu.largestPair, bytes, valueSteps.f32 + (head * blocks.count + index) * size
      )
    }
  }

  /// `fill` writes the rows of the block.
  private func pack(
    _ block: KeyBlocks.Block, _ plain: OperandOrder, into target: UnsafeMutablePointer<Int8>,
    fill: (UnsafeMutablePointer<Int8>) -> Void
  ) {
    let (rows, padded) = (block.rows.count, block.paddedCount)
    let isPacked = cpu.order(block, size, plain, bytes: true) != plain
    let bytes = Tensor(uninitialized: [isPacked ? padded : 0, size], type: .int8)
    let lying = isPacked ? bytes.i8 : target
    fill(lying)
    (lying + rows * size).update(repeating: 0, count: (padded - rows) * size)
    guard isPacked else { return }
    let (k, n) = plain == .rowsOfK ? (size, padded) : (padded, size)
    cpu.pack(mv_dnn_u8s8, k, n, plain, stride: size, bytes.pointer, into: target)
  }
}
