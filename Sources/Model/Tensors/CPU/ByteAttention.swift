import Kernels

/// One tile of queries of one head over all keys, all of them bytes: the same running softmax, whose weights are bytes,
/// too. They are relative to the largest of some keys, and are rounded up or down by turns: thousands of small weights
/// count as much as they should, where rounding to the nearest would leave nothing of them.
///
/// Where things lie is looked up once for a tile; who makes one keeps what they lie in.
struct ByteAttention {
  /// So many keys always have a largest weight of their own, which keeps the others precise.
  static let part = 128
  /// All of a block have one together, or 256, if the largest scores of parts differ by at most so much, in the mean: then
  /// attention is off by no more than 2 % where it would be by 1.5 or 1.7 % (random queries and keys).
  private static let mostSpreads: [(part: Int, spread: Float)] = [(.max, 0.9), (256, 1.1)]

  private let cpu: CPU
  private let tile: AttentionTile
  private let size: Int
  private let blocks: KeyBlocks
  /// The first query, and what it stands for.
  private let queries: UnsafeMutablePointer<UInt8>
  private let querySteps: UnsafeMutablePointer<Float>
  /// Of the head: keys and values, and what they stand for.
  private let keys: UnsafeMutablePointer<Int8>
  private let values: UnsafeMutablePointer<Int8>
  private let keyWords: KeyWords.Head
  private let valueSteps: UnsafeMutablePointer<Float>
  private let softmax: ByteSoftmaxTile

  init(_ cpu: CPU, _ tile: AttentionTile, _ queries: AttentionQueries, _ memory: AttentionMemory) {
    precondition(tile.bias == nil, "scores in words have no bias")
    (self.cpu, self.tile) = (cpu, tile)
    let (count, size) = (queries.values.shape[1], queries.values.shape[2])
    guard let rowSteps = queries.steps, let steps = memory.steps else { preconditionFailure("these are bytes") }
    let blocks = cpu.byteBlocks(memory.count, size: size)
    let (firstRow, firstKey) = (tile.head * count + tile.rows.lowerBound, tile.head * blocks.paddedCount)
    (self.size, self.blocks) = (size, blocks)
    self.queries = queries.values.u8 + firstRow * size
    querySteps = rowSteps.f32 + firstRow
    (keys, values) = (memory.keys.i8 + firstKey * size, memory.values.i8 + firstKey * size)
    keyWords = steps.keys.head(tile.head)
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
    score(index, block)
    let (count, step) = (block.paddedCount, keyWords.steps[index] * tile.scale)
    let part = count <= Self.part ? count : part(of: block, step)
    weigh(block, part, step)
    mix(index, block, part)
  }

  /// Words of the scores of a block's keys.
  private func score(_ index: Int, _ block: KeyBlocks.Block) {
    let (first, count) = (block.rows.lowerBound * size, block.paddedCount)
    let product = Product(
      m: rows, n: count, k: size, strideA: size, strideB: size, strideC: count,
      order: cpu.order(block, size, .rowsOfK, bytes: true), bytes: true,
      next: UnsafeRawBufferPointer(start: values + first, count: count * size))
    let words = keyWords.loop(from: block.rows.lowerBound)
    cpu.measured(.scores, operations: 2 * rows * block.rows.count * size) {
      if product.order == .ours, let ownProducts = cpu.ownProducts {
        var ours = cpu.ownProduct(product)
        ownProducts.score(&ours, queries, keys + first, words, softmax.words)
      } else {
        cpu.multiply(product, queries, keys + first, softmax.products)
        cpu.loops.to_words(softmax.integers, rows, count, words, softmax.words)
      }
    }
  }

  /// How many keys have a largest weight together.
  private func part(of block: KeyBlocks.Block, _ step: Float) -> Int {
    var spread: Float = 0
    cpu.measured(.softmax) {
      spread = cpu.loops.word_spread(
        softmax.words, rows, block.paddedCount, block.paddedCount, querySteps, step, Self.part)
    }
    let part = Self.mostSpreads.first { spread <= $0.spread }?.part ?? Self.part
    return min(part, block.paddedCount)
  }

  /// Words become weights, of a part of the keys at a time.
  private func weigh(_ block: KeyBlocks.Block, _ part: Int, _ step: Float) {
    let count = block.paddedCount
    cpu.measured(.softmax) {
      cpu.loops.byte_softmax(
        softmax.words, rows, block.rows.count, count, count, part, querySteps, step, softmax.maxima, softmax.sums,
        softmax.corrections, softmax.factors, softmax.weights)
    }
  }

  /// Weights times values, to those of the blocks before.
  private func mix(_ index: Int, _ block: KeyBlocks.Block, _ part: Int) {
    let (first, count) = (block.rows.lowerBound * size, block.paddedCount)
    let product = Product(
      m: rows, n: size, k: count, strideA: count, strideB: size, strideC: size,
      order: cpu.order(block, size, .rowsOfN, bytes: true), bytes: true,
      next: UnsafeRawBufferPointer(start: keys + first + count * size, count: count * size))
    let steps = valueSteps + index * size
    cpu.measured(.mixing, operations: 2 * rows * block.rows.count * size) {
      if product.order == .ours, let ownProducts = cpu.ownProducts {
        var ours = cpu.ownProduct(product)
        let mixing = mv_mixing(
          part: part, corrections: softmax.corrections, factors: softmax.factors, steps: steps)
        ownProducts.mix(&ours, softmax.weights, values + first, mixing, softmax.mixed)
      } else {
        precondition(part == count, "blocks are parts where the library multiplies")
        cpu.multiply(product, softmax.weights, values + first, softmax.products)
        cpu.loops.add_from_bytes(
          softmax.mixed, rows, size, softmax.corrections, softmax.integers, softmax.factors, steps)
      }
    }
  }
}

/// What a running softmax holds.
private struct ByteSoftmaxTile {
  private let memory: Tensor
  /// Of one block.
  let words: UnsafeMutablePointer<Int16>
  let weights: UnsafeMutablePointer<UInt8>
  /// 32-bit integers: scores, or weights times values.
  let products: UnsafeMutablePointer<Float>
  let integers: UnsafeMutablePointer<Int32>
  /// Weights times values of all keys so far.
  let mixed: UnsafeMutablePointer<Float>
  /// Of each row: the largest score and the sum so far, the factor for what was added up before, and what a weight of
  /// each part of these keys stands for.
  let maxima: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>
  let corrections: UnsafeMutablePointer<Float>
  let factors: UnsafeMutablePointer<Float>

  init(rows: Int, columns: Int, size: Int) {
    // Columns are a multiple of 64: rows of each begin where vectors do.
    let (block, head, row) = (rows * columns, rows * size, (rows + 15) / 16 * 16)
    let (room, parts) = (max(block, head), (columns + ByteAttention.part - 1) / ByteAttention.part)
    memory = Tensor(uninitialized: [block / 2 + block / 4 + room + head + (3 + parts) * row])
    words = UnsafeMutableRawPointer(memory.f32).assumingMemoryBound(to: Int16.self)
    weights = UnsafeMutableRawPointer(memory.f32 + block / 2).assumingMemoryBound(to: UInt8.self)
    products = memory.f32 + block / 2 + block / 4
    integers = UnsafeMutableRawPointer(products).assumingMemoryBound(to: Int32.self)
    mixed = products + room
    maxima = mixed + head
    sums = maxima + row
    corrections = sums + row
    factors = corrections + row
    mixed.update(repeating: 0, count: head)
    maxima.update(repeating: -.infinity, count: rows)
    sums.update(repeating: 0, count: rows)
  }
}
