import COneDNN
import Kernels

/// One tile of queries of one head over all keys, all of them bytes: the same running softmax, whose weights are bytes,
/// too. They are relative to the largest of some keys, and are rounded up or down by turns: thousands of small weights
/// count as much as they should, where rounding to the nearest would leave nothing of them.
///
/// Where things lie is looked up once for a tile; who makes one keeps what they lie in.
struct ByteAttention {
  /// So many keys always have a largest weight of their own, which keeps the others precise; more have one together if
  /// theirs would hardly differ.
  static let part = 128
  /// By how much largest scores may differ then, in the mean.
  private static let mostSpread: Float = 1

  private let cpu: CPU
  private let tile: AttentionTile
  private let size: Int
  private let blocks: KeyBlocks
  /// The first query.
  private let queries: UnsafeMutablePointer<UInt8>
  /// Of the head: keys and values, and their steps.
  private let keys: UnsafeMutablePointer<Int8>
  private let values: UnsafeMutablePointer<Int8>
  private let keySteps: mv_byte_steps
  private let valueSteps: UnsafeMutablePointer<Float>
  private let softmax: ByteSoftmaxTile

  init(_ cpu: CPU, _ tile: AttentionTile, _ queries: AttentionQueries, _ memory: AttentionMemory) {
    (self.cpu, self.tile) = (cpu, tile)
    let (count, size) = (queries.values.shape[1], queries.values.shape[2])
    guard let rowSteps = queries.steps, let steps = memory.steps else { preconditionFailure("these are bytes") }
    let blocks = cpu.byteBlocks(memory.count, size: size)
    let (firstRow, firstKey) = (tile.head * count + tile.rows.lowerBound, tile.head * blocks.paddedCount)
    (self.size, self.blocks) = (size, blocks)
    self.queries = queries.values.u8 + firstRow * size
    (keys, values) = (memory.keys.i8 + firstKey * size, memory.values.i8 + firstKey * size)
    keySteps = rowSteps.loop(from: firstRow, steps.keys, from: firstKey)
    valueSteps = steps.values.f32 + tile.head * blocks.count * size
    softmax = ByteSoftmaxTile(rows: tile.rows.count, columns: blocks.largest, size: size)
  }

  private var rows: Int { tile.rows.count }

  func run(into target: UnsafeMutableRawPointer, stride: Int) {
    withExtendedLifetime(softmax) {
      for index in 0..<blocks.count { add(index, blocks[index]) }
      let isBFloat16: Int32 = cpu.multiplied == .bfloat16 ? 1 : 0
      cpu.measured(.softmax) {
        cpu.loops.divide_rows(softmax.mixed, rows, size, softmax.sums, target, stride, isBFloat16)
      }
    }
  }

  private func add(_ index: Int, _ block: KeyBlocks.Block) {
    score(block)
    let count = block.paddedCount
    let parts = count <= Self.part || isFlat(block) ? count : Self.part
    for start in stride(from: 0, to: count, by: parts) {
      let some = start..<min(count, start + parts)
      weigh(block, some)
      mix(index, block, some)
    }
  }

  private func score(_ block: KeyBlocks.Block) {
    let (first, count) = (block.rows.lowerBound * size, block.paddedCount)
    let product = Product(
      m: rows, n: count, k: size, strideA: size, strideB: size, strideC: count,
      order: cpu.order(block, size, .rowsOfK, bytes: true), bytes: true,
      next: UnsafeRawBufferPointer(start: values + first, count: count * size))
    cpu.measured(.scores, operations: 2 * rows * block.rows.count * size) {
      cpu.multiply(product, queries, keys + first, softmax.scores)
    }
  }

  private func isFlat(_ block: KeyBlocks.Block) -> Bool {
    if tile.bias != nil { return false }
    var spread: Float = 0
    cpu.measured(.softmax) {
      spread = cpu.loops.byte_spread(
        softmax.scores, rows, block.rows.count, block.paddedCount, steps(from: block.rows.lowerBound), tile.scale,
        Self.part)
    }
    return spread <= Self.mostSpread
  }

  /// What scores of keys from this one on stand for.
  private func steps(from key: Int) -> mv_byte_steps {
    mv_byte_steps(
      steps: keySteps.steps, zeros: keySteps.zeros, weight_steps: keySteps.weight_steps + key,
      weight_sums: keySteps.weight_sums + key)
  }

  /// Scores of some keys of the block become weights.
  private func weigh(_ block: KeyBlocks.Block, _ some: Range<Int>) {
    let (first, count) = (some.lowerBound, min(some.count, block.rows.count - some.lowerBound))
    let key = block.rows.lowerBound + first
    cpu.measured(.softmax) {
      cpu.loops.byte_softmax(
        softmax.scores + first, rows, count, some.count, block.paddedCount, steps(from: key), tile.scale,
        tile.bias(from: key), softmax.maxima, softmax.sums, softmax.corrections, softmax.factors,
        softmax.weights + first)
    }
  }

  /// Weights times values of some keys of the block, to those before.
  private func mix(_ index: Int, _ block: KeyBlocks.Block, _ some: Range<Int>) {
    let (first, count) = (block.rows.lowerBound * size, block.paddedCount)
    let isLast = some.upperBound == count
    let product = Product(
      m: rows, n: size, k: some.count, strideA: count, strideB: size, strideC: size,
      order: cpu.order(block, size, .rowsOfN, bytes: true), allOfK: count, bytes: true,
      next: UnsafeRawBufferPointer(start: keys + first + count * size, count: isLast ? count * size : 0))
    // The rows of a part of the keys: in tiles, 16 columns' numbers of 64 keys follow each other.
    let part = values + first + some.lowerBound * Int(mv_tile_columns_together)
    cpu.measured(.mixing, operations: 2 * rows * min(some.count, block.rows.count - some.lowerBound) * size) {
      cpu.multiply(product, softmax.weights + some.lowerBound, part, softmax.products)
    }
    cpu.measured(.softmax) {
      softmax.products.withMemoryRebound(to: Int32.self, capacity: rows * size) {
        cpu.loops.add_from_bytes(
          softmax.mixed, rows, size, softmax.corrections, $0, softmax.factors, valueSteps + index * size)
      }
    }
  }
}

/// What a running softmax holds.
private struct ByteSoftmaxTile {
  private let memory: Tensor
  /// Of one block, as 32-bit integers.
  let scores: UnsafeMutablePointer<Float>
  let weights: UnsafeMutablePointer<UInt8>
  /// Weights times values, of some keys (32-bit integers) and of all so far.
  let products: UnsafeMutablePointer<Float>
  let mixed: UnsafeMutablePointer<Float>
  /// Of each row: the largest score and the sum so far, the factor for what was added up before, and what a weight of
  /// these keys stands for.
  let maxima: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>
  let corrections: UnsafeMutablePointer<Float>
  let factors: UnsafeMutablePointer<Float>

  init(rows: Int, columns: Int, size: Int) {
    // Weights are a quarter of scores; rows of each begin where vectors do.
    let (block, head, row) = (rows * columns, rows * size, (rows + 15) / 16 * 16)
    memory = Tensor(uninitialized: [block + (block + 63) / 64 * 16 + 2 * head + 4 * row])
    scores = memory.f32
    weights = UnsafeMutableRawPointer(scores + block).assumingMemoryBound(to: UInt8.self)
    products = scores + block + (block + 63) / 64 * 16
    mixed = products + head
    maxima = mixed + head
    sums = maxima + row
    corrections = sums + row
    factors = corrections + row
    mixed.update(repeating: 0, count: head)
    maxima.update(repeating: -.infinity, count: rows)
    sums.update(repeating: 0, count: rows)
  }
}
