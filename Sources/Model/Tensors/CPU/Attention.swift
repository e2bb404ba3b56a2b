import Kernels

extension CPU {
  private static let queriesPerTile = 128
  private static let keysPerBlock = 512

  public func attention(
    query: Tensor, key: Tensor, value: Tensor, heads: Int, scale: Float, bias: RelativeBias? = nil
  ) -> Tensor {
    let head = AttentionHead(
      query: operand(query), key: operand(key), value: operand(value), size: query.shape[1] / heads, scale: scale)
    let result = Tensor(uninitialized: query.shape)
    Rehearsal.count(operations: 4 * query.elementCount * key.shape[0])
    let tiles = (query.shape[0] + Self.queriesPerTile - 1) / Self.queriesPerTile
    inParallel(heads * tiles) { index in
      let first = index % tiles * Self.queriesPerTile
      let rows = first..<min(query.shape[0], first + Self.queriesPerTile)
      attend(head, number: index / tiles, rows: rows, bias: bias, into: result)
    }
    return result
  }

  /// The operands of all heads; head h is columns h · size ..< (h + 1) · size.
  private struct AttentionHead {
    let query: Tensor
    let key: Tensor
    let value: Tensor
    let size: Int
    let scale: Float
    var stride: Int { query.shape[1] }
  }

  /// One tile of queries of one head over all keys, block by block, with a running softmax
  /// (Milakov & Gimelshein, "Online normalizer calculation for softmax"; Dao et al., FlashAttention).
  private func attend(
    _ head: AttentionHead, number: Int, rows: Range<Int>, bias: RelativeBias?, into result: Tensor
  ) {
    let (size, stride) = (head.size, head.stride)
    let keys = head.key.shape[0]
    let output = result.f32 + rows.lowerBound * stride + number * size
    let tile = SoftmaxTile(rows: rows.count, columns: min(keys, Self.keysPerBlock), multiplied: multiplied)
    for start in Swift.stride(from: 0, to: keys, by: Self.keysPerBlock) {
      let block = start..<min(keys, start + Self.keysPerBlock)
      multiply(
        Product(m: rows.count, n: block.count, k: size, strideA: stride, strideB: stride, strideC: tile.columns),
        pointer(head.query, rows.lowerBound, number * size), pointer(head.key, start, number * size), tile.scores)
      let shift = bias.map { $0.table.f32 + number * (2 * $0.reach + 1) + $0.reach + start - rows.lowerBound }
      tile.softmax(loops, columns: block.count, scale: head.scale, bias: shift)
      if start > 0 { loops.scale_rows(output, rows.count, size, stride, tile.corrections) }
      multiply(
        Product(
          m: rows.count, n: size, k: block.count, strideA: tile.columns, strideB: stride, strideC: stride,
          bIsRowsOfK: false, accumulates: start > 0),
        tile.weights(loops, columns: block.count), pointer(head.value, start, number * size), output)
    }
    loops.scale_rows(output, rows.count, size, stride, tile.inverseSums())
  }

  private func pointer(_ x: Tensor, _ row: Int, _ column: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(x.pointer) + (row * x.shape[1] + column) * multiplied.block.bytes
  }
}

/// Scores [rows, columns] of one tile, and for each row the largest score and the sum so far.
private struct SoftmaxTile {
  let rows: Int
  let columns: Int
  private let memory: Tensor
  private let half: Tensor?

  init(rows: Int, columns: Int, multiplied: ElementType) {
    self.rows = rows
    self.columns = columns
    memory = Tensor(uninitialized: [rows * columns + 3 * rows])
    half = multiplied == .bfloat16 ? Tensor(uninitialized: [rows, columns], type: .bfloat16) : nil
    maxima.update(repeating: -.infinity, count: rows)
    sums.update(repeating: 0, count: rows)
  }

  var scores: UnsafeMutablePointer<Float> { memory.f32 }
  private var maxima: UnsafeMutablePointer<Float> { memory.f32 + rows * columns }
  private var sums: UnsafeMutablePointer<Float> { maxima + rows }
  var corrections: UnsafeMutablePointer<Float> { sums + rows }

  func softmax(_ loops: mv_loops, columns count: Int, scale: Float, bias: UnsafeMutablePointer<Float>?) {
    loops.online_softmax(scores, rows, count, columns, scale, bias, maxima, sums, corrections)
  }

  /// The exponentials in the type that is multiplied.
  func weights(_ loops: mv_loops, columns count: Int) -> UnsafeRawPointer {
    guard let half else { return UnsafeRawPointer(scores) }
    loops.to_bf16(scores, rows, count, columns, half.bf16, columns)
    return UnsafeRawPointer(half.pointer)
  }

  func inverseSums() -> UnsafeMutablePointer<Float> {
    for row in 0..<rows { sums[row] = 1 / sums[row] }
    return sums
  }
}
