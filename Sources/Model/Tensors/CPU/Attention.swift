import COneDNN
import Foundation
import Kernels

extension CPU {
  /// Queries of a tile; more of them over keys so many that they come slower than they are multiplied.
  private func queriesPerTile(_ memory: AttentionMemory) -> Int {
    memory.count > (usesTiles ? 4096 : 16384) ? 256 : 128
  }

  public func attention(
    _ queries: AttentionQueries, over memory: AttentionMemory, scale: Float, bias: RelativeBias? = nil
  ) -> Tensor {
    let (heads, count, size) = (queries.values.shape[0], queries.values.shape[1], queries.values.shape[2])
    precondition((queries.steps == nil) == (memory.steps == nil), "queries and keys are rounded, or both are not")
    let width = panelWidth(rows: count, columns: heads * size).flatMap { $0.isMultiple(of: size) ? $0 : nil }
    let result = Tensor(uninitialized: [count, heads * size], type: multiplied, panelWidth: width)
    Rehearsal.count(operations: 4 * Double(heads * size) * Double(count) * Double(memory.count))
    let rows = evenPart(of: count, atMost: queriesPerTile(memory), multiple: 16)
    let tiles = (count + rows - 1) / rows
    inParallel(heads * tiles) { index in
      let (head, first) = (index / tiles, index % tiles * rows)
      let tile = AttentionTile(head: head, rows: first..<min(count, first + rows), scale: scale, bias: bias)
      let target = result.address(row: first, column: head * size)
      if memory.steps == nil {
        attend(tile, queries, memory, into: target, stride: result.rowStride)
      } else {
        ByteAttention(self, tile, queries, memory).run(into: target, stride: result.rowStride)
      }
    }
    return result
  }

  /// One tile of queries of one head over all keys, block by block, with a running softmax
  /// (Milakov & Gimelshein, "Online normalizer calculation for softmax"; Dao et al., FlashAttention).
  private func attend(
    _ tile: AttentionTile, _ queries: AttentionQueries, _ memory: AttentionMemory, into target: UnsafeMutableRawPointer,
    stride: Int
  ) {
    let size = queries.values.shape[2]
    let blocks = keyBlocks(memory.count)
    let work = SoftmaxTile(rows: tile.rows.count, columns: blocks.largest, size: size, multiplied: multiplied)
    for index in 0..<blocks.count {
      let (block, next) = (blocks[index], blocks[(index + 1) % blocks.count])
      let values = memory.bytes(of: memory.values, tile.head, blocks, block)
      score(
        work, block, tile, queries, memory.bytes(of: memory.keys, tile.head, blocks, block), next: values)
      measured(.softmax) {
        if memory.lastCount > 1 && index + 1 == blocks.count {
          work.add(log(Float(memory.lastCount)) / tile.scale, toColumn: block.rows.count - 1, stride: block.paddedCount)
        }
        work.softmax(loops, block, tile.scale, bias: tile.bias(from: block.rows.lowerBound))
      }
      mix(
        work, block, values, next: memory.bytes(of: memory.keys, tile.head, blocks, next), isFirst: index == 0)
    }
    measured(.softmax) {
      loops.divide_rows(work.mixed, work.rows, size, work.sums, target, stride, multiplied == .bfloat16 ? 1 : 0)
    }
  }

  /// scores = query · keysᵀ
  private func score(
    _ work: SoftmaxTile, _ block: KeyBlocks.Block, _ tile: AttentionTile, _ queries: AttentionQueries,
    _ keys: UnsafeRawBufferPointer, next: UnsafeRawBufferPointer
  ) {
    let (count, size, bytes) = (block.paddedCount, work.size, multiplied.block.bytes)
    let firstRow = tile.head * queries.values.shape[1] + tile.rows.lowerBound
    let product = Product(
      m: work.rows, n: count, k: size, strideA: size, strideB: size, strideC: count,
      order: order(block, size, .rowsOfK), next: next)
    measured(.scores, operations: 2 * work.rows * block.rows.count * size) {
      multiply(product, queries.values.pointer + firstRow * size * bytes, keys.start, work.scores)
    }
  }

  /// mixed = mixed · corrections + weights · values
  private func mix(
    _ work: SoftmaxTile, _ block: KeyBlocks.Block, _ values: UnsafeRawBufferPointer, next: UnsafeRawBufferPointer,
    isFirst: Bool
  ) {
    let (count, size) = (block.paddedCount, work.size)
    if !isFirst {
      measured(.softmax) { loops.scale_rows(work.mixed, work.rows, size, size, work.corrections) }
    }
    let product = Product(
      m: work.rows, n: size, k: count, strideA: count, strideB: size, strideC: size,
      order: order(block, size, .rowsOfN), accumulates: !isFirst, next: next)
    measured(.mixing, operations: 2 * work.rows * block.rows.count * size) {
      multiply(product, work.weights, values.start, work.mixed)
    }
  }
}

extension AttentionMemory {
  /// The keys or values of a block.
  func bytes(of x: Tensor, _ head: Int, _ blocks: KeyBlocks, _ block: KeyBlocks.Block) -> UnsafeRawBufferPointer {
    let row = x.shape[2] * x.type.block.bytes
    return UnsafeRawBufferPointer(
      start: x.pointer + (head * blocks.paddedCount + block.rows.lowerBound) * row, count: block.paddedCount * row)
  }
}

extension UnsafeRawBufferPointer {
  /// Where something lies that is there.
  var start: UnsafeRawPointer {
    guard let baseAddress else { preconditionFailure("a block of keys is never empty") }
    return baseAddress
  }
}

/// Some queries of one head.
struct AttentionTile {
  let head: Int
  let rows: Range<Int>
  let scale: Float
  let bias: RelativeBias?

  /// The bias of the first query and the key `key`.
  func bias(from key: Int) -> UnsafeMutablePointer<Float>? {
    bias.map { $0.table.f32 + head * (2 * $0.reach + 1) + $0.reach + key - rows.lowerBound }
  }
}

/// Scores [rows, columns] of one tile, the weights that become of them, the mixed values [rows, size], and for each
/// row the largest score and the sum so far.
private struct SoftmaxTile {
  let rows: Int
  let size: Int
  private let columns: Int
  private let memory: Tensor
  private let half: Tensor?

  init(rows: Int, columns: Int, size: Int, multiplied: ElementType) {
    self.rows = rows
    self.columns = columns
    self.size = size
    memory = Tensor(uninitialized: [rows * (columns + size + 3)])
    half = multiplied == .bfloat16 ? Tensor(uninitialized: [rows, columns], type: .bfloat16) : nil
    maxima.update(repeating: -.infinity, count: rows)
    sums.update(repeating: 0, count: rows)
  }

  var scores: UnsafeMutablePointer<Float> { memory.f32 }
  var mixed: UnsafeMutablePointer<Float> { memory.f32 + rows * columns }
  private var maxima: UnsafeMutablePointer<Float> { mixed + rows * size }
  var sums: UnsafeMutablePointer<Float> { maxima + rows }
  var corrections: UnsafeMutablePointer<Float> { sums + rows }

  /// The exponentials in the type that is multiplied; float32 ones take the place of the scores.
  var weights: UnsafeMutableRawPointer { half?.pointer ?? UnsafeMutableRawPointer(scores) }

  /// Equal keys are one whose score is larger by the logarithm of their number.
  func add(_ value: Float, toColumn column: Int, stride: Int) {
    for row in 0..<rows { scores[row * stride + column] += value }
  }

  func softmax(_ loops: mv_loops, _ block: KeyBlocks.Block, _ scale: Float, bias: UnsafeMutablePointer<Float>?) {
    loops.online_softmax(
      scores, rows, block.rows.count, block.paddedCount, scale, bias, maxima, sums, corrections, weights,
      half == nil ? 0 : 1)
  }
}
