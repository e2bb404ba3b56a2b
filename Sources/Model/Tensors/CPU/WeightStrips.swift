import COneDNN
import Kernels

/// The strips of columns of some weights, as products read them: where they lie, or packed one after the other into a
/// few buffers, a little before they are needed. So no weight is ever held twice as a whole.
struct WeightStrips {
  /// One of them.
  struct Strip {
    let start: UnsafeRawPointer
    let order: OperandOrder
    /// From one input's values to the next one's, where pieces begin.
    let inputBytes: Int
    /// In our order: whether all inputs of some columns lie together, not only those of a piece.
    let isWhole: Bool

    init(_ start: UnsafeMutableRawPointer, _ order: OperandOrder, columns: Int, valueBytes: Int, isWhole: Bool) {
      (self.start, self.order, self.isWhole) = (UnsafeRawPointer(start), order, isWhole)
      let together = !isWhole ? columns : order == .ours ? Int(mv_columns_together) : 1
      inputBytes = together * valueBytes
    }

    /// Where the piece that begins with this input lies.
    func address(of input: Int) -> UnsafeRawPointer { start + input * inputBytes }
  }

  private static let bufferCount = 3
  /// Rows from which on a strip of a weight is packed before it is multiplied, for our loops, or for oneDNN by our loop or
  /// its own: with fewer, it costs no more to let oneDNN read the strip as it lies. (Where float32 is multiplied, what is not
  /// float32 yet would have to be expanded as a whole for that, and is packed for a single row.)
  private static let worth = (forTiles: 192, forHalves: 320, forFloats: 16, packedByUs: 384, packedByThem: 768)

  let operands: [WeightOperand]
  private let cpu: CPU
  private let type: mv_dnn_type
  /// Inputs, and the length of the pieces in which sums are made.
  private let (k, piece): (Int, Int)
  private let valueBytes: Int
  private let tiles: ProductTiles
  private let buffers: [Tensor]
  /// In which each is packed; empty where products read strips as they lie.
  private let orders: [OperandOrder]
  /// For each strip: 1 when it is packed; and how many tiles have been multiplied with it.
  private let isPacked: Tensor
  private let done: Tensor

  init(_ cpu: CPU, _ weights: [Weight], _ rows: ProductRows, _ tiles: ProductTiles) {
    let orders = Self.packedOrders(cpu, weights, rows, tiles)
    let operands = weights.map { cpu.operand($0, for: rows, packs: !orders.isEmpty) }
    let allLie = operands.allSatisfy { $0.values?.order == .ours }
    self.cpu = cpu
    self.operands = operands
    self.tiles = tiles
    (type, k, piece) = (rows.type, rows.values.shape[1], rows.piece)
    valueBytes = rows.values.type.block.bytes
    self.orders = allLie ? [] : orders
    let room = k * (tiles.strips.map { $0.columns.count }.max() ?? 0) * valueBytes
    buffers = (0..<min(Self.bufferCount, self.orders.count)).map { _ in Tensor(uninitialized: [room], type: .uint8) }
    isPacked = Tensor.zeros([tiles.strips.count], type: .int64)
    done = Tensor.zeros([tiles.strips.count], type: .int64)
  }

  /// How each strip is packed; none if that is not worth it for so few rows, or not possible.
  private static func packedOrders(
    _ cpu: CPU, _ weights: [Weight], _ rows: ProductRows, _ tiles: ProductTiles
  ) -> [OperandOrder] {
    let widths = tiles.strips.map { $0.columns.count }
    let orders = widths.compactMap { cpu.packedOrder(rows.type, k: rows.piece, n: $0) }
    func rowsWorthPacking() -> Int {
      if !orders.allSatisfy({ $0 == .ours }) {
        let wePack = widths.allSatisfy { cpu.packsAlone(rows.type, k: rows.piece, n: $0) }
        return wePack ? worth.packedByUs : worth.packedByThem
      }
      if cpu.usesTiles { return worth.forTiles }
      // What is kept as it is packed is only packed once.
      if cpu.multiplied == .bfloat16 { return weights.allSatisfy(cpu.isSmall) ? 1 : worth.forHalves }
      return weights.allSatisfy(cpu.lies) ? worth.forFloats : 1
    }
    return orders.count == widths.count && rows.values.shape[0] >= rowsWorthPacking() ? orders : []
  }

  private var packs: Bool { !orders.isEmpty }

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
    let place = tiles.strips[strip]
    switch operands[place.weight] {
    case .stored(let weight): cpu.measured(.packing) { pack(strip, weight, place.columns) }
    case .values, .bytes:
      if let plain = lying(strip), plain.order != .ours { cpu.measured(.packing) { pack(strip, plain) } }
    }
    mv_counter_add(counter(isPacked, strip))
  }

  /// A strip that has the type that is multiplied, piece by piece.
  private func pack(_ strip: Int, _ plain: Strip) {
    let (packed, columns) = (packed(strip), tiles.strips[strip].columns.count)
    for start in stride(from: 0, to: k, by: piece) {
      let target = UnsafeMutableRawPointer(mutating: packed.address(of: start))
      cpu.pack(type, piece, columns, .rowsOfK, stride: k, plain.address(of: start), into: target)
    }
  }

  /// A strip of a weight as it is stored.
  private func pack(_ strip: Int, _ weight: Weight, _ columns: Range<Int>) {
    let packed = packed(strip)
    if packed.order == .ours {
      // A few at a time, so that they are packed while they are in the cache.
      let some = Int(mv_product_columns)
      for start in stride(from: columns.lowerBound, to: columns.upperBound, by: some) {
        let target = buffer(strip) + (start - columns.lowerBound) * k * valueBytes
        cpu.expand(weight, start..<min(columns.upperBound, start + some), .ours, into: target)
      }
    } else {
      let plain = Tensor(uninitialized: [columns.count, k], type: cpu.multiplied)
      cpu.expand(weight, columns, .rowsOfK, into: plain.pointer)
      withExtendedLifetime(plain) {
        pack(strip, Strip(plain.pointer, .rowsOfK, columns: columns.count, valueBytes: valueBytes, isWhole: true))
      }
    }
  }

  /// Where the strip lies, and how. Waits until it is packed.
  func take(_ strip: Int) -> Strip {
    if packs { mv_counter_wait(counter(isPacked, strip), 1) }
    if let lying = lying(strip), !packs || lying.order == .ours { return lying }
    return packed(strip)
  }

  /// One tile less will be multiplied with it.
  func release(_ strip: Int) {
    if packs { mv_counter_add(counter(done, strip)) }
  }

  /// The strip where its weight lies; nil if that is as it is stored.
  private func lying(_ strip: Int) -> Strip? {
    let place = tiles.strips[strip]
    guard let values = operands[place.weight].values else { return nil }
    return Strip(
      values.tensor.address(row: place.columns.lowerBound, column: 0), values.order, columns: place.columns.count,
      valueBytes: valueBytes, isWhole: true)
  }

  /// Where the strip is packed: piece by piece, but in our order if its weight is stored otherwise.
  private func packed(_ strip: Int) -> Strip {
    let place = tiles.strips[strip]
    let isStored = operands[place.weight].values == nil
    return Strip(
      buffer(strip), orders[strip], columns: place.columns.count, valueBytes: valueBytes,
      isWhole: isStored && orders[strip] == .ours)
  }

  private func buffer(_ strip: Int) -> UnsafeMutableRawPointer { buffers[strip % buffers.count].pointer }

  private func counter(_ counters: Tensor, _ index: Int) -> UnsafeMutablePointer<Int> {
    counters.pointer.assumingMemoryBound(to: Int.self) + index
  }
}
