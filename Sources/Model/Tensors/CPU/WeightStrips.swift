import COneDNN
import Kernels

extension CPU {
  /// x · weightᵀ for each weight, tile by tile; `finish` gets the sums of each while they are in the cache.
  /// - Parameter results: where float32 sums are to be in the end: they may be made there.
  func products(
    _ x: Tensor, _ weights: [Weight], into results: [Tensor]? = nil, finish: (ProductTile, TileSums) -> Void
  ) {
    let (m, k) = (x.shape[0], weights[0].inputs)
    precondition(x.shape == [m, k] && weights.allSatisfy { $0.inputs == k }, "linear: \(x.shape) does not fit")
    Rehearsal.count(operations: 2 * m * k * weights.reduce(0) { $0 + $1.outputs })
    let operands = self.operands(x, weights)
    let tiles = ProductTiles(
      m: m, n: weights.map(\.outputs), k: operands.piece, strip: usesPanels ? Self.panelMultiple : nil)
    let strips = WeightStrips(self, operands, tiles)
    inParallel(strips.pieceCount) { index in
      guard let tile = strips.tile(index) else { return }
      let b = strips.take(tile.strip)
      // The library likes them dense, and so do we where they are not numbers yet.
      let result = b.order == .ours && operands.steps == nil ? results?[tile.weight] : nil
      let dense = result == nil ? Tensor(uninitialized: [tile.rows.count, tile.columns.count]) : nil
      guard let sums = dense?.f32 ?? result.map({ $0.f32 + tile.offset(stride: $0.shape[1]) }) else { return }
      let stride = result?.shape[1] ?? tile.columns.count
      measured(.product, operations: 2 * tile.rows.count * tile.columns.count * k) {
        multiply(operands, tile, b, into: sums, stride: stride)
      }
      strips.release(tile.strip)
      let bytes = operands.steps?.loop(tile) ?? mv_byte_steps()
      measured(.productEnd) { finish(tile, TileSums(start: sums, stride: stride, bytes: bytes)) }
    }
  }

  /// The sums of a tile, piece by piece.
  private func multiply(
    _ operands: ProductOperands, _ tile: ProductTile, _ b: WeightStrips.Strip, into sums: UnsafeMutablePointer<Float>,
    stride strideC: Int
  ) {
    let (k, piece, columns) = (operands.rows.shape[1], operands.piece, tile.columns.count)
    for start in stride(from: 0, to: k, by: piece) {
      let product = Product(
        m: tile.rows.count, n: columns, k: piece, strideA: piece, strideB: k, strideC: strideC, order: b.order,
        allOfK: operands.orders[tile.weight] == .ours ? k : nil, accumulates: start > 0, bytes: operands.steps != nil)
      multiply(product, operands.row(tile.rows.lowerBound, from: start), b.address(of: start), sums)
    }
  }
}

/// The sums of a tile.
struct TileSums {
  let start: UnsafeMutablePointer<Float>
  /// The distance of two rows.
  let stride: Int
  /// What they stand for, if they are 32-bit integers.
  let bytes: mv_byte_steps
}

/// The strips of columns of some weights, as products read them: where they lie, or packed one after the other into a
/// few buffers, a little before they are needed. So no weight is ever held twice as a whole.
private struct WeightStrips {
  /// One of them.
  struct Strip {
    let address: UnsafeRawPointer
    let order: OperandOrder
    /// From one input's values to the next one's, where pieces begin.
    let inputBytes: Int

    init(address: UnsafeMutableRawPointer, order: OperandOrder, inputBytes: Int) {
      (self.address, self.order, self.inputBytes) = (UnsafeRawPointer(address), order, inputBytes)
    }

    /// Where the piece that begins with this input lies.
    func address(of input: Int) -> UnsafeRawPointer { address + input * inputBytes }
  }

  private static let bufferCount = 3
  /// Rows from which on a strip of a weight is packed before it is multiplied, for our loops, or for oneDNN by our loop or
  /// its own: with fewer, it costs no more to let oneDNN read the strip as it lies.
  private static let rowsWorthPacking = (ours: 192, packedByUs: 384, packedByThem: 768)

  private let cpu: CPU
  private let weights: [Tensor]
  private let type: mv_dnn_type
  /// The length of the pieces in which sums are made.
  private let piece: Int
  /// How each weight lies.
  private let weightOrders: [OperandOrder]
  private let tiles: ProductTiles
  private let buffers: [Tensor]
  /// In which the strips are packed.
  private let orders: [OperandOrder?]
  /// For each strip: 1 when it is packed; and how many tiles have been multiplied with it.
  private let isPacked: Tensor
  private let done: Tensor

  init(_ cpu: CPU, _ operands: ProductOperands, _ tiles: ProductTiles) {
    self.cpu = cpu
    self.tiles = tiles
    let (weights, type) = (operands.weights, operands.type)
    (self.weights, self.type, piece) = (weights, type, operands.piece)
    weightOrders = operands.orders
    let widths = tiles.strips.map(\.columns.count)
    orders = widths.map { cpu.packedOrder(type, k: operands.piece, n: $0) }
    let isOurs = widths.allSatisfy { cpu.packsAlone(type, k: operands.piece, n: $0) }
    let (worth, weMultiply) = (Self.rowsWorthPacking, orders.allSatisfy { $0 == .ours })
    let rows = weMultiply ? worth.ours : isOurs ? worth.packedByUs : worth.packedByThem
    let packs =
      operands.orders.allSatisfy { $0 == .rowsOfK } && operands.rows.shape[0] >= rows
      && orders.allSatisfy { $0 != nil }
    let room = weights[0].shape[1] * (widths.max() ?? 0) * weights[0].type.block.bytes
    buffers =
      packs ? (0..<min(Self.bufferCount, widths.count)).map { _ in Tensor(uninitialized: [room], type: .uint8) } : []
    isPacked = Tensor.zeros([tiles.strips.count], type: .int64)
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
    let (columns, k) = (tiles.strips[strip].columns.count, weights[0].shape[1])
    cpu.measured(.packing) {
      let (plain, packed) = (plain(strip), packed(strip))
      for start in stride(from: 0, to: k, by: piece) {
        let target = UnsafeMutableRawPointer(mutating: packed.address(of: start))
        cpu.pack(type, piece, columns, .rowsOfK, stride: k, plain.address(of: start), into: target)
      }
    }
    mv_counter_add(counter(isPacked, strip))
  }

  /// Where the strip lies, and how. Waits until it is packed.
  func take(_ strip: Int) -> Strip {
    guard packs else { return plain(strip) }
    mv_counter_wait(counter(isPacked, strip), 1)
    return packed(strip)
  }

  /// One tile less will be multiplied with it.
  func release(_ strip: Int) {
    if packs { mv_counter_add(counter(done, strip)) }
  }

  private func plain(_ strip: Int) -> Strip {
    let place = tiles.strips[strip]
    let (weight, order) = (weights[place.weight], weightOrders[place.weight])
    let together = order == .ours ? Int(mv_columns_together) : 1
    return Strip(
      address: weight.address(row: place.columns.lowerBound, column: 0), order: order,
      inputBytes: together * weight.type.block.bytes)
  }

  /// Packed piece by piece.
  private func packed(_ strip: Int) -> Strip {
    Strip(
      address: buffers[strip % buffers.count].pointer, order: orders[strip] ?? .rowsOfK,
      inputBytes: tiles.strips[strip].columns.count * weights[0].type.block.bytes)
  }

  private func counter(_ counters: Tensor, _ index: Int) -> UnsafeMutablePointer<Int> {
    counters.pointer.assumingMemoryBound(to: Int.self) + index
  }
}
