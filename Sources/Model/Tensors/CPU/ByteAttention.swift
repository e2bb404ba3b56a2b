import COneDNN
import Kernels

/// One tile of queries of one head over all keys, all of them bytes: the same running softmax, whose weights are bytes,
/// too. They are relative to the largest of some keys, and are rounded up or down by turns: thousands of small weights
/// count as much as they should, where rounding to the nearest would leave nothing of them.
struct ByteSoftmaxTile {
  /// So many keys always have a largest weight of their own, which keeps the others precise; more have one together if
  /// theirs would hardly differ.
  static let part = 128
  /// By how much largest scores may differ then, in the mean.
  private static let mostSpread: Float = 1

  private let rows: Int
  private let size: Int
  private let columns: Int
  /// Of one block, as 32-bit integers.
  private let scores: Tensor
  private let weights: Tensor
  /// Weights times values, of some keys (32-bit integers) and of all so far.
  private let products: Tensor
  private let mixed: Tensor
  /// Of each row: the largest score and the sum so far, the factor for what was added up before, and what a weight of
  /// these keys stands for.
  private let numbers: Tensor

  init(rows: Int, columns: Int, size: Int) {
    (self.rows, self.columns, self.size) = (rows, columns, size)
    scores = Tensor(uninitialized: [rows, columns])
    weights = Tensor(uninitialized: [rows, columns], type: .uint8)
    products = Tensor(uninitialized: [rows, size])
    mixed = Tensor(uninitialized: [rows, size])
    numbers = Tensor(uninitialized: [4, rows])
    mixed.f32.update(repeating: 0, count: rows * size)
    maxima.update(repeating: -.infinity, count: rows)
    sums.update(repeating: 0, count: rows)
  }

  private var maxima: UnsafeMutablePointer<Float> { numbers.f32 }
  private var sums: UnsafeMutablePointer<Float> { numbers.f32 + rows }
  private var corrections: UnsafeMutablePointer<Float> { numbers.f32 + 2 * rows }
  private var factors: UnsafeMutablePointer<Float> { numbers.f32 + 3 * rows }

  /// One block of keys and values of a head, and what is multiplied with them.
  struct Work {
    let cpu: CPU
    let tile: AttentionTile
    let queries: AttentionQueries
    let memory: AttentionMemory
    let block: KeyBlocks.Block
    /// Its place among the blocks, and that of its first key among those of all heads.
    let index: Int
    let firstKey: Int
    let rowSteps: RowSteps
    let steps: MemorySteps

    /// What scores of the block's keys from this one on stand for.
    func scoreSteps(_ key: Int) -> mv_byte_steps { rowSteps.loop(from: firstRow, steps.keys, from: firstKey + key) }

    var firstRow: Int { tile.head * queries.values.shape[1] + tile.rows.lowerBound }
  }

  func add(_ work: Work) {
    score(work)
    let count = work.block.paddedCount
    let parts = count <= Self.part || isFlat(work) ? count : Self.part
    for start in stride(from: 0, to: count, by: parts) {
      let keys = start..<min(count, start + parts)
      weigh(work, keys)
      mix(work, keys)
    }
  }

  private func score(_ work: Work) {
    let (cpu, memory, count) = (work.cpu, work.memory, work.block.paddedCount)
    let product = Product(
      m: rows, n: count, k: size, strideA: size, strideB: size, strideC: count,
      order: cpu.order(work.block, size, .rowsOfK, bytes: true), bytes: true,
      next: UnsafeRawBufferPointer(start: memory.values.i8 + work.firstKey * size, count: count * size))
    cpu.measured(.scores, operations: 2 * rows * work.block.rows.count * size) {
      cpu.multiply(
        product, work.queries.values.u8 + work.firstRow * size, memory.keys.i8 + work.firstKey * size, scores.f32)
    }
  }

  private func isFlat(_ work: Work) -> Bool {
    if work.tile.bias != nil { return false }
    var spread: Float = 0
    work.cpu.measured(.softmax) {
      spread = work.cpu.loops.byte_spread(
        scores.pointer, rows, work.block.rows.count, work.block.paddedCount, work.scoreSteps(0), work.tile.scale,
        Self.part)
    }
    return spread <= Self.mostSpread
  }

  /// Scores of some keys of the block become weights.
  private func weigh(_ work: Work, _ keys: Range<Int>) {
    let count = min(keys.count, work.block.rows.count - keys.lowerBound)
    work.cpu.measured(.softmax) {
      work.cpu.loops.byte_softmax(
        scores.f32 + keys.lowerBound, rows, count, keys.count, work.block.paddedCount,
        work.scoreSteps(keys.lowerBound), work.tile.scale, work.tile.bias(from: work.block.rows.lowerBound + keys.lowerBound), maxima, sums, corrections,
        factors, weights.u8 + keys.lowerBound)
    }
  }

  private func mix(_ work: Work, _ keys: Range<Int>) {
    let (cpu, memory, count) = (work.cpu, work.memory, work.block.paddedCount)
    let isLast = keys.upperBound == count
    let product = Product(
      m: rows, n: size, k: keys.count, strideA: count, strideB: size, strideC: size,
      order: cpu.order(work.block, size, .rowsOfN, bytes: true), allOfK: count, bytes: true,
      next: UnsafeRawBufferPointer(
        start: memory.keys.i8 + (work.firstKey + count) * size, count: isLast ? count * size : 0))
    // The rows of a part of the keys: in tiles, 16 columns' numbers of 64 keys follow each other.
    let values = memory.values.i8 + work.firstKey * size + keys.lowerBound * Int(mv_tile_columns_together)
    cpu.measured(.mixing, operations: 2 * rows * min(keys.count, work.block.rows.count - keys.lowerBound) * size) {
      cpu.multiply(product, weights.u8 + keys.lowerBound, values, products.f32)
    }
    cpu.measured(.softmax) {
      let valueSteps = work.steps.values.f32 + (work.tile.head * work.steps.values.shape[1] + work.index) * size
      products.f32.withMemoryRebound(to: Int32.self, capacity: rows * size) {
        cpu.loops.add_from_bytes(mixed.f32, rows, size, corrections, $0, factors, valueSteps)
      }
    }
  }

  func finish(_ cpu: CPU, into target: UnsafeMutableRawPointer, stride: Int, isBFloat16: Int32) {
    cpu.measured(.softmax) { cpu.loops.divide_rows(mixed.f32, rows, size, sums, target, stride, isBFloat16) }
  }
}
