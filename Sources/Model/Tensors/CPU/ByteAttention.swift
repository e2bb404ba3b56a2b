import COneDNN
import Kernels

/// One tile of queries of one head over all keys, all of them bytes: the same running softmax, whose weights are bytes,
/// too. Each block's are relative to its own largest (blocks are small for that), and are rounded up or down by
/// turns: thousands of small weights count as much as they should, where rounding to the nearest would leave nothing of
/// them.
struct ByteSoftmaxTile {
  private let rows: Int
  private let size: Int
  private let columns: Int
  /// Scores, then sums of products with values: 32-bit integers.
  private let products: Tensor
  private let weights: Tensor
  private let mixed: Tensor
  /// Of each row: the largest score and the sum so far, the factor for what was added up before, and what a weight of this
  /// block stands for.
  private let numbers: Tensor

  init(rows: Int, columns: Int, size: Int) {
    (self.rows, self.columns, self.size) = (rows, columns, size)
    products = Tensor(uninitialized: [rows, max(columns, size)])
    weights = Tensor(uninitialized: [rows, columns], type: .uint8)
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

  /// One block of keys and values.
  func add(
    _ cpu: CPU, _ block: KeyBlocks.Block, _ index: Int, _ tile: AttentionTile, _ queries: AttentionQueries,
    _ memory: AttentionMemory, firstKey: Int
  ) {
    guard let rowSteps = queries.steps, let steps = memory.steps else { preconditionFailure("these are bytes") }
    let (count, first) = (block.paddedCount, tile.head * queries.values.shape[1] + tile.rows.lowerBound)
    let scores = Product(
      m: rows, n: count, k: size, strideA: size, strideB: size, strideC: count,
      order: cpu.order(block, size, .rowsOfK, bytes: true), bytes: true,
      next: UnsafeRawBufferPointer(start: memory.values.i8 + firstKey * size, count: count * size))
    cpu.measured(.scores, operations: 2 * rows * block.rows.count * size) {
      cpu.multiply(scores, queries.values.u8 + first * size, memory.keys.i8 + firstKey * size, products.f32)
    }
    cpu.measured(.softmax) {
      cpu.loops.byte_softmax(
        products.f32, rows, block.rows.count, count, rowSteps.steps.f32 + first, rowSteps.zeros.i32 + first,
        steps.keys.steps.f32 + firstKey, steps.keys.sums.i32 + firstKey, tile.scale,
        tile.bias(from: block.rows.lowerBound), maxima, sums, corrections, factors, weights.u8)
    }
    let mixing = Product(
      m: rows, n: size, k: count, strideA: count, strideB: size, strideC: size,
      order: cpu.order(block, size, .rowsOfN, bytes: true), bytes: true,
      next: UnsafeRawBufferPointer(start: memory.keys.i8 + (firstKey + count) * size, count: count * size))
    cpu.measured(.mixing, operations: 2 * rows * block.rows.count * size) {
      cpu.multiply(mixing, weights.u8, memory.values.i8 + firstKey * size, products.f32)
    }
    cpu.measured(.softmax) {
      let valueSteps = steps.values.f32 + (tile.head * steps.values.shape[1] + index) * size
      products.f32.withMemoryRebound(to: Int32.self, capacity: rows * size) {
        cpu.loops.add_from_bytes(mixed.f32, rows, size, corrections, $0, factors, valueSteps)
      }
    }
  }

  func finish(_ cpu: CPU, into target: UnsafeMutableRawPointer, stride: Int, isBFloat16: Int32) {
    cpu.measured(.softmax) { cpu.loops.divide_rows(mixed.f32, rows, size, sums, target, stride, isBFloat16) }
  }
}
