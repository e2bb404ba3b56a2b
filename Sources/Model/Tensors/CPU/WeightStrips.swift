import COneDNN
import Kernels

extension CPU {
  /// Rows from which on a strip of a weight is brought to the library's own order before it is multiplied: with
  /// fewer, the library's own way of reading it costs no more.
  private static let rowsWorthPacking = 768

  /// x · weightᵀ for each weight, tile by tile; `finish` gets the sums of each, densely, while they are in the cache.
  func products(
    _ x: Tensor, _ weights: [Weight], finish: (ProductTile, UnsafeMutablePointer<Float>) -> Void
  ) {
    let (m, k) = (x.shape[0], weights[0].inputs)
    precondition(x.shape == [m, k] && weights.allSatisfy { $0.inputs == k }, "linear: \(x.shape) does not fit")
    Rehearsal.count(operations: 2 * m * k * weights.reduce(0) { $0 + $1.outputs })
    let operands = self.operands(x, weights)
    let tiles = ProductTiles(m: m, n: weights.map(\.outputs), k: k)
    let strips = WeightStrips(self, operands, tiles, packs: m >= Self.rowsWorthPacking && !usesOpenBLAS)
    inParallel(strips.pieceCount) { index in
      guard let tile = strips.tile(index) else { return }
      let b = strips.take(tile.strip)
      let sums = Tensor(uninitialized: [tile.rows.count, tile.columns.count])
      let product = Product(
        m: tile.rows.count, n: tile.columns.count, k: k, strideA: k, strideB: k, strideC: tile.columns.count,
        order: b.order, bytes: operands.steps != nil)
      measured(.product, operations: product.operations) {
        multiply(product, operands.row(tile.rows.lowerBound), b.address, sums.f32)
      }
      strips.release(tile.strip)
      measured(.productEnd) {
        operands.steps?.apply(loops, tile, to: sums.f32)
        finish(tile, sums.f32)
      }
    }
  }
}

/// The strips of columns of some weights, as products read them: where they lie, or packed one after the other into a
/// few buffers, a little before they are needed. So no weight is ever held twice as a whole.
private struct WeightStrips {
  private static let bufferCount = 3

  private let cpu: CPU
  private let weights: [Tensor]
  private let type: mv_dnn_type
  private let tiles: ProductTiles
  private let buffers: [Tensor]
  /// For each strip: 1 when it is packed; and how many tiles have been multiplied with it.
  private let packed: Tensor
  private let done: Tensor

  init(_ cpu: CPU, _ operands: ProductOperands, _ tiles: ProductTiles, packs: Bool) {
    self.cpu = cpu
    self.tiles = tiles
    let (weights, type) = (operands.weights, operands.type)
    (self.weights, self.type) = (weights, type)
    let k = weights[0].shape[1]
    let sizes = tiles.strips.map { mv_dnn_packed_bytes(type, k, $0.columns.count) }
    let packs = packs && sizes.allSatisfy { $0 > 0 }
    buffers =
      packs
      ? (0..<min(Self.bufferCount, sizes.count)).map { _ in Tensor(uninitialized: [sizes.max() ?? 0], type: .uint8) }
      : []
    packed = Tensor.zeros([tiles.strips.count], type: .int64)
    done = Tensor.zeros([tiles.strips.count], type: .int64)
  }

  private var packs: Bool { !buffers.isEmpty }

  /// Pieces of work: a packing before each strip's tiles, if strips are packed. A strip is packed while the one before
  /// it is multiplied.
  var pieceCount: Int { packs ? tiles.count + tiles.strips.count : tiles.count }

  /// The tile of a piece; nil if the piece is a packing, which is done then.
  func tile(_ piece: Int) -> ProductTile? {
    let rows = tiles.rowPieces
    guard packs else { return tiles.tile(strip: piece / rows, row: piece % rows) }
    // The order is: pack 0, pack 1, tiles of 0, pack 2, tiles of 1, …, tiles of the last but one, tiles of the last.
    if piece == 0 {
      pack(0)
      return nil
    }
    let (strip, place) = ((piece - 1) / (rows + 1), (piece - 1) % (rows + 1))
    if strip + 1 < tiles.strips.count && place == 0 {
      pack(strip + 1)
      return nil
    }
    let isLast = strip + 1 >= tiles.strips.count
    return tiles.tile(strip: strip, row: isLast ? place : place - 1)
  }

  private func pack(_ strip: Int) {
    // The buffer's strip before this one must have been used up.
    if strip >= buffers.count { mv_counter_wait(counter(done, strip - buffers.count), tiles.rowPieces) }
    let (columns, k) = (tiles.strips[strip].columns, weights[0].shape[1])
    cpu.measured(.packing) {
      cpu.check(
        mv_dnn_pack(
          type, k, columns.count, mv_dnn_rows_of_k, k, lying(strip),
          buffers[strip % buffers.count].pointer))
    }
    mv_counter_add(counter(packed, strip))
  }

  /// Where the strip lies, and how. Waits until it is packed.
  func take(_ strip: Int) -> (address: UnsafeRawPointer, order: mv_dnn_order) {
    guard packs else { return (lying(strip), mv_dnn_rows_of_k) }
    mv_counter_wait(counter(packed, strip), 1)
    return (UnsafeRawPointer(buffers[strip % buffers.count].pointer), mv_dnn_packed)
  }

  /// One tile less will be multiplied with it.
  func release(_ strip: Int) {
    if packs { mv_counter_add(counter(done, strip)) }
  }

  private func lying(_ strip: Int) -> UnsafeRawPointer {
    let weight = weights[tiles.strips[strip].weight]
    let row = weight.shape[1] * weight.type.block.bytes
    return UnsafeRawPointer(weight.pointer + tiles.strips[strip].columns.lowerBound * row)
  }

  private func counter(_ counters: Tensor, _ index: Int) -> UnsafeMutablePointer<Int> {
    counters.pointer.assumingMemoryBound(to: Int.self) + index
  }
}
