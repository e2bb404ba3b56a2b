import COneDNN
import COpenBLAS
import Kernels

/// c [m, n] = a [m, k] · b, in float32. Strides are in elements; `a` and `b` have the device's multiplied type, unless
/// they are bytes.
struct Product {
  var m: Int
  var n: Int
  var k: Int
  var strideA: Int
  var strideB: Int
  var strideC: Int
  /// A row of a lies in so many runs of equal length, which begin so far apart; more than one only where b is in our order.
  var runs = (count: 1, stride: 0)
  /// How b lies.
  var order = OperandOrder.rowsOfK
  /// Of b in our order: the length of its sums, if these are a part of them.
  var allOfK: Int?
  var accumulates = false
  /// a is unsigned bytes, b signed ones, and c 32-bit integers.
  var bytes = false
  /// What will be read after it, if that is known: our loops fetch it meanwhile.
  var next: UnsafeRawBufferPointer?

  var operations: Int { 2 * m * n * k }
}

extension CPU {
  /// Columns of a tile that the library multiplies, and of one of ours, which goes through all its columns for some numbers
  /// of their sums.
  private static let widestTile = (theirs: 512, ours: 256)

  /// x · weightᵀ for each weight, tile by tile; `finish` gets the sums of each while they are in the cache.
  /// - Parameter results: where float32 sums are to be in the end: they may be made there.
  func products(
    _ x: Tensor, _ weights: [Weight], into results: [Tensor]? = nil, finish: (ProductTile, TileSums) -> Void
  ) {
    let (m, k) = (x.shape[0], weights[0].inputs)
    precondition(x.shape == [m, k] && weights.allSatisfy { $0.inputs == k }, "linear: \(x.shape) does not fit")
    Rehearsal.count(operations: weights.reduce(0) { $0 + 2 * Double(m) * Double(k) * Double($1.outputs) })
    let rows = self.rows(x, for: weights)
    let tiles = ProductTiles(
      m: m, n: weights.map(\.outputs), k: rows.piece, strip: usesPanels ? Self.panelMultiple : nil,
      widest: ownProducts == nil ? Self.widestTile.theirs : Self.widestTile.ours)
    let strips = WeightStrips(self, weights, rows, tiles)
    inParallel(strips.pieceCount) { index in
      guard let tile = strips.tile(index) else { return }
      let b = strips.take(tile.strip)
      // The library likes them dense, and so do we where they are not numbers yet.
      let result = b.order == .ours && rows.steps == nil ? results?[tile.weight] : nil
      let dense = result == nil ? Tensor(uninitialized: [tile.rows.count, tile.columns.count]) : nil
      guard let sums = dense?.f32 ?? result.map({ $0.f32 + tile.offset(stride: $0.shape[1]) }) else { return }
      let stride = result?.shape[1] ?? tile.columns.count
      measured(.product, operations: 2 * tile.rows.count * tile.columns.count * k) {
        multiply(rows, tile, b, into: sums, stride: stride)
      }
      strips.release(tile.strip)
      let bytes = rows.loop(tile, strips.operands[tile.weight])
      measured(.productEnd) { finish(tile, TileSums(start: sums, stride: stride, bytes: bytes)) }
    }
  }

  /// The sums of a tile, piece by piece.
  private func multiply(
    _ rows: ProductRows, _ tile: ProductTile, _ b: WeightStrips.Strip, into sums: UnsafeMutablePointer<Float>,
    stride strideC: Int
  ) {
    let (k, piece, columns) = (rows.values.shape[1], rows.piece, tile.columns.count)
    for start in stride(from: 0, to: k, by: piece) {
      let product = Product(
        m: tile.rows.count, n: columns, k: piece, strideA: piece, strideB: k, strideC: strideC, order: b.order,
        allOfK: b.isWhole ? k : nil, accumulates: start > 0, bytes: rows.steps != nil)
      multiply(product, rows.address(tile.rows.lowerBound, from: start), b.address(of: start), sums)
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

extension CPU {
  /// One product on the calling thread.
  func multiply(
    _ product: Product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutablePointer<Float>
  ) {
    if usesOpenBLAS { return multiplyOnOpenBLAS(product, a, b, c) }
    guard product.order == .ours, let ownProducts else { return multiplyOnOneDNN(product, a, b, c) }
    var ours = ownProduct(product)
    ownProducts.multiply(&ours, a, b, c)
  }

  private func multiplyOnOpenBLAS(
    _ p: Product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutablePointer<Float>
  ) {
    mv_blas_multiply(
      Int32(p.m), Int32(p.n), Int32(p.k), a.assumingMemoryBound(to: Float.self), Int32(p.strideA),
      b.assumingMemoryBound(to: Float.self), Int32(p.strideB), p.order == .rowsOfK ? 1 : 0,
      p.accumulates ? 1 : 0, c, Int32(p.strideC))
  }

  private func multiplyOnOneDNN(
    _ p: Product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutablePointer<Float>
  ) {
    var product = mv_dnn_product(
      type: p.bytes ? mv_dnn_u8s8 : dnnType, m: p.m, n: p.n, k: p.k, stride_a: p.strideA, stride_b: p.strideB,
      stride_c: p.strideC, order_b: p.order.dnn, accumulate: p.accumulates ? 1 : 0)
    check(mv_dnn_multiply(&product, a, b, c))
  }

  /// As our own loops want to know it.
  func ownProduct(_ p: Product) -> mv_product {
    let size = p.bytes ? 1 : multiplied.block.bytes
    return mv_product(
      m: p.m, n: p.n, k: p.k, bytes: p.bytes ? 1 : 0, accumulate: p.accumulates ? 1 : 0,
      runs: p.runs.count, stride_run: p.runs.stride * size, stride_a: p.strideA * size, stride_c: p.strideC * 4,
      stride_b: Int(mv_columns_together) * (p.allOfK ?? p.k) * size, next: p.next?.baseAddress,
      next_bytes: p.next?.count ?? 0)
  }

  /// Shapes were verified with the checkpoint; what is left is a library without memory or a broken build.
  func check(_ failed: Int32) { precondition(failed == 0, String(cString: mv_dnn_message())) }

  var dnnType: mv_dnn_type { multiplied == .bfloat16 ? mv_dnn_bf16 : mv_dnn_f32 }

  /// The type of results for this use.
  func type(for use: Use) -> ElementType {
    switch use {
    case .sums: .float32
    case .products: multiplied
    case .heads: multipliesBytes ? multiplied : .float32
    }
  }

  /// Float32 activations in the type that is multiplied; themselves if they have it.
  func operand(_ x: Tensor) -> Tensor {
    if x.type == multiplied { return x }
    if multiplied == .float32 { return x.asFloat32() }
    let (rows, columns) = (x.shape[0], x.elementCount / max(x.shape[0], 1))
    let result = Tensor(
      uninitialized: x.shape, type: .bfloat16, panelWidth: panelWidth(rows: rows, columns: columns))
    inParallel(rows, piece: 64) { range in
      measured(.conversion) {
        for row in range { putRow(x.f32 + row * columns, in: result, row) }
      }
    }
    return result
  }
}
