import COneDNN
import Kernels

extension CPU {
  public func queries(_ x: Tensor, _ shape: HeadShape) -> AttentionQueries {
    if multipliesBytes && shape.mayRound { return byteQueries(x, shape) }
    let (count, size) = (x.shape[0], x.shape[1] / shape.heads)
    let result = Tensor(uninitialized: [shape.heads, count, size], type: multiplied)
    inParallel(count, piece: 64) { rows in
      measured(.heads) {
        // While the rows are in the cache.
        let factors = normFactors(x, rows, shape)
        for head in 0..<shape.heads {
          let target = result.pointer + (head * count + rows.lowerBound) * size * multiplied.block.bytes
          headRows(x, rows, head, shape, factors?.f32, into: target)
        }
      }
    }
    return AttentionQueries(values: result)
  }

  public func memory(keys: Tensor, values: Tensor, _ shape: HeadShape) -> AttentionMemory {
    memory(of: keys.shape[0], shape, about: .max) { (keys.rows($0), values.rows($0)) }
  }

  public func memory(
    of count: Int, _ shape: HeadShape, about rows: Int, part: (Range<Int>) -> (keys: Tensor, values: Tensor)
  ) -> AttentionMemory {
    if multipliesBytes && shape.mayRound { return byteMemory(of: count, shape, part) }
    let blocks = keyBlocks(count)
    let blocksAtATime = min(blocks.count, max(1, rows / blocks.largest))
    var made: AttentionMemory?
    Rehearsal.forEach(Array(stride(from: 0, to: blocks.count, by: blocksAtATime))) { first in
      let some = first..<min(blocks.count, first + blocksAtATime)
      let rows = blocks.rows(some)
      let (keys, values) = part(rows)
      let shape = shape.rows(rows)
      let factors = normFactors(keys, shape)
      let memory = made ?? room(for: blocks, width: keys.shape[1], shape)
      made = memory
      inParallel(shape.heads * some.count) { index in
        let (head, block) = (index / some.count, some.lowerBound + index % some.count)
        let size = keys.shape[1] / shape.heads
        let target = (head * blocks.paddedCount + blocks[block].rows.lowerBound) * size * multiplied.block.bytes
        let here = blocks[block].moved(by: -rows.lowerBound)
        measured(.heads) {
          pack(here, size, .rowsOfK, into: memory.keys.pointer + target) {
            headRows(keys, here.rows, head, shape, factors.map { $0.f32 + here.rows.lowerBound }, into: $0)
          }
          pack(here, size, .rowsOfN, into: memory.values.pointer + target) {
            headRows(values, here.rows, head, HeadShape(heads: shape.heads), nil, into: $0)
          }
        }
      }
    }
    guard let made else { preconditionFailure("attention to nothing") }
    return made
  }

  private func room(for blocks: KeyBlocks, width: Int, _ shape: HeadShape) -> AttentionMemory {
    let place = [shape.heads, blocks.paddedCount, width / shape.heads]
    return AttentionMemory(
      count: blocks.rows(0..<blocks.count).count, keys: Tensor(uninitialized: place, type: multiplied, stays: true),
      values: Tensor(uninitialized: place, type: multiplied, stays: true))
  }

  /// How the keys (`rowsOfK`) or values of a block lie: packed, if there is an order for that.
  func order(
    _ block: KeyBlocks.Block, _ size: Int, _ plain: OperandOrder, bytes: Bool = false
  ) -> OperandOrder {
    let (k, n) = plain == .rowsOfK ? (size, block.paddedCount) : (block.paddedCount, size)
    return packedOrder(bytes ? mv_dnn_u8s8 : dnnType, k: k, n: n) ?? plain
  }

  /// `fill` writes the rows of the block; rows of padding are zero.
  private func pack(
    _ block: KeyBlocks.Block, _ size: Int, _ plain: OperandOrder, into target: UnsafeMutableRawPointer,
    fill: (UnsafeMutableRawPointer) -> Void
  ) {
    let isPacked = order(block, size, plain) != plain
    let rows = Tensor(uninitialized: [isPacked ? block.paddedCount : 0, size], type: multiplied)
    let lying = isPacked ? rows.pointer : target
    fill(lying)
    let (bytes, all) = (block.rows.count * size * multiplied.block.bytes, block.paddedCount * size)
    (lying + bytes).initializeMemory(as: UInt8.self, repeating: 0, count: all * multiplied.block.bytes - bytes)
    guard isPacked else { return }
    let (k, n) = plain == .rowsOfK ? (size, block.paddedCount) : (block.paddedCount, size)
    self.pack(dnnType, k, n, plain, stride: size, lying, into: target)
  }

  /// 1 / √(mean of squares + epsilon) of each row; nil without a norm.
  func normFactors(_ x: Tensor, _ shape: HeadShape) -> Tensor? {
    if shape.norm == nil { return nil }
    let result = Tensor(uninitialized: [x.shape[0]])
    inParallel(x.shape[0], piece: 64) { rows in
      measured(.heads) { makeNormFactors(x, rows, shape, into: result.f32 + rows.lowerBound) }
    }
    return result
  }

  /// Those of some rows, on the calling thread.
  func normFactors(_ x: Tensor, _ rows: Range<Int>, _ shape: HeadShape) -> Tensor? {
    if shape.norm == nil { return nil }
    let result = Tensor(uninitialized: [rows.count])
    makeNormFactors(x, rows, shape, into: result.f32)
    return result
  }

  private func makeNormFactors(
    _ x: Tensor, _ rows: Range<Int>, _ shape: HeadShape, into target: UnsafeMutablePointer<Float>
  ) {
    loops.rms_factors(
      x.address(row: rows.lowerBound, column: 0), isBFloat16(x), rows.count, x.shape[1], shape.norm?.epsilon ?? 0,
      target)
  }

  /// Some rows of one head, normed with a factor for each of them and rotated, densely.
  func headRows(
    _ x: Tensor, _ rows: Range<Int>, _ head: Int, _ shape: HeadShape, _ factors: UnsafeMutablePointer<Float>?,
    into target: UnsafeMutableRawPointer, as type: ElementType? = nil
  ) {
    let size = x.shape[1] / shape.heads
    let angle = rows.lowerBound * (size / 2)
    loops.head_rows(
      x.address(row: rows.lowerBound, column: head * size), isBFloat16(x), rows.count, size, x.shape[1],
      factors, shape.norm.map { $0.weight.f32 + head * size },
      shape.angles.map { $0.cosine.f32 + angle }, shape.angles.map { $0.sine.f32 + angle }, target,
      (type ?? multiplied) == .bfloat16 ? 1 : 0)
  }
}

extension CPU {
  /// Keys that are not rounded.
  func keyBlocks(_ count: Int) -> KeyBlocks {
    guard let ownProducts else { return KeyBlocks(count: count) }
    // They are the columns of one product, and the sums of another.
    return KeyBlocks(count: count, paddedTo: max(ownProducts.columns, Int(mv_product_bytes) / multiplied.block.bytes))
  }
}

/// How keys are cut into blocks, by their number alone. Every block but the last is whole; the last is padded.
struct KeyBlocks {
  static let multiple = 64

  struct Block {
    let rows: Range<Int>
    let paddedCount: Int

    func moved(by offset: Int) -> Block {
      Block(rows: rows.lowerBound + offset..<rows.upperBound + offset, paddedCount: paddedCount)
    }
  }

  private let all: Int
  private let size: Int
  private let padding: Int

  /// - Parameter paddedTo: a multiple of this, which divides `multiple`.
  init(count: Int, atMost most: Int = 512, paddedTo padding: Int = Self.multiple) {
    all = count
    self.padding = padding
    size = Self.padded(evenPart(of: count, atMost: most, multiple: Self.multiple), to: padding)
  }

  private static func padded(_ count: Int, to padding: Int) -> Int { (count + padding - 1) / padding * padding }

  var count: Int { (all + size - 1) / size }
  var paddedCount: Int { Self.padded(all, to: padding) }
  /// Rows of the largest block, padding included.
  var largest: Int { min(size, paddedCount) }

  /// Those of some neighbouring blocks.
  func rows(_ blocks: Range<Int>) -> Range<Int> { blocks.lowerBound * size..<min(all, blocks.upperBound * size) }

  subscript(index: Int) -> Block {
    let rows = index * size..<min(all, (index + 1) * size)
    return Block(rows: rows, paddedCount: Self.padded(rows.count, to: padding))
  }
}
