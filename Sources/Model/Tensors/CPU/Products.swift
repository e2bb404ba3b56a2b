import COneDNN
import COpenBLAS
import Kernels

/// c [m, n] = a [m, k] · b, in float32. Strides are in elements; `a` and `b` have the device's multiplied type.
struct Product {
  var m: Int
  var n: Int
  var k: Int
  var strideA: Int
  var strideB: Int
  var strideC: Int
  /// Whether b lies as [n, k] (as weights do) or as [k, n].
  var bIsRowsOfK = true
  var accumulates = false
}

extension CPU {
  /// One product on the calling thread.
  func multiply(
    _ product: Product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutablePointer<Float>
  ) {
    usesOpenBLAS ? multiplyOnOpenBLAS(product, a, b, c) : multiplyOnOneDNN(product, a, b, c)
  }

  private func multiplyOnOpenBLAS(
    _ p: Product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutablePointer<Float>
  ) {
    mv_blas_multiply(
      Int32(p.m), Int32(p.n), Int32(p.k), a.assumingMemoryBound(to: Float.self), Int32(p.strideA),
      b.assumingMemoryBound(to: Float.self), Int32(p.strideB), p.bIsRowsOfK ? 1 : 0, p.accumulates ? 1 : 0, c,
      Int32(p.strideC))
  }

  private func multiplyOnOneDNN(
    _ p: Product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutablePointer<Float>
  ) {
    var product = mv_dnn_product(
      type: dnnType, m: p.m, n: p.n, k: p.k, stride_a: p.strideA, stride_b: p.strideB, stride_c: p.strideC,
      b_is_rows_of_k: p.bIsRowsOfK ? 1 : 0, accumulate: p.accumulates ? 1 : 0)
    let failed = mv_dnn_multiply(&product, a, b, c)
    // Shapes were verified with the checkpoint; what is left is a library without memory or a broken build.
    precondition(failed == 0, String(cString: mv_dnn_message()))
  }

  var dnnType: mv_dnn_type { multiplied == .bfloat16 ? mv_dnn_bf16 : mv_dnn_f32 }

  public func linear(_ x: Tensor, _ weight: Weight, activation: Activation = .identity) -> Tensor {
    let (m, n, k) = (x.shape[0], weight.outputs, weight.inputs)
    precondition(x.shape == [m, k], "linear: \(x.shape) does not fit \(weight.values.shape)")
    let (a, b) = (operand(x), operand(weight))
    let result = Tensor(uninitialized: [m, n])
    Rehearsal.count(operations: 2 * m * n * k)
    let tile = ProductTile(m: m, n: n)
    let size = multiplied.block.bytes
    // oneDNN brings the columns of a piece into its own order first.
    Rehearsal.note(threadScratch: multiplied == .bfloat16 ? tile[0].columns.count * k * size : 0)
    inParallel(tile.count) { index in
      let (rows, columns) = tile[index]
      let target = result.f32 + rows.lowerBound * n + columns.lowerBound
      let product = Product(m: rows.count, n: columns.count, k: k, strideA: k, strideB: k, strideC: n)
      multiply(product, a.pointer + rows.lowerBound * k * size, b.pointer + columns.lowerBound * k * size, target)
      guard weight.bias != nil || activation != .identity else { return }
      loops.finish(
        target, rows.count, columns.count, n, weight.bias.map { $0.f32 + columns.lowerBound }, activation.loop)
    }
    return result
  }

  /// Float32 activations in the type that is multiplied.
  func operand(_ x: Tensor) -> Tensor {
    if multiplied == .float32 { return x.asFloat32() }
    let (rows, columns) = (x.shape[0], x.elementCount / max(x.shape[0], 1))
    let result = Tensor(uninitialized: x.shape, type: .bfloat16)
    inParallel(rows, piece: 64) { range in
      let offset = range.lowerBound * columns
      loops.to_bf16(x.f32 + offset, range.count, columns, columns, result.bf16 + offset, columns)
    }
    return result
  }

  /// The weight in the type that is multiplied: where it lies, or expanded.
  func operand(_ weight: Weight) -> Tensor {
    let values = weight.values
    if weight.isPlain && values.type == multiplied && Int(bitPattern: values.pointer) % multiplied.block.bytes == 0 {
      return values
    }
    if let expanded = weight.expanded { return expanded }
    let expanded = expand(weight)
    if budget.take(expanded.byteCount) {
      weight.expanded = expanded
      weight.budget = budget
    }
    return expanded
  }

  private func expand(_ weight: Weight) -> Tensor {
    let result = Tensor(uninitialized: weight.values.shape, type: multiplied)
    inParallel(weight.outputs, piece: 64) { range in
      let rows = weight.expandedRows(range)
      let target = result.rows(range)
      if multiplied == .bfloat16 {
        loops.to_bf16(rows.f32, 1, rows.elementCount, 0, target.bf16, 0)
      } else {
        target.f32.update(from: rows.f32, count: rows.elementCount)
      }
    }
    return result
  }
}

extension Activation {
  var loop: mv_activation {
    switch self {
    case .identity: mv_identity
    case .geluTanh: mv_gelu_tanh
    case .silu: mv_silu
    }
  }
}

/// How a product of m × n results is cut into pieces: by its shape alone, so that results never depend on the
/// number of cores. About eight pieces where there is little work, pieces that fit the second-level cache else.
struct ProductTile {
  let m: Int
  let n: Int
  private let rows: Int
  private let columns: Int

  init(m: Int, n: Int) {
    self.m = m
    self.n = n
    rows = min(m, 256)
    let across = max(1, 8 * rows / max(m, 1))
    columns = min(512, max(64, (n / across + 15) / 16 * 16))
  }

  private var columnPieces: Int { (n + columns - 1) / columns }
  var count: Int { (m + rows - 1) / rows * columnPieces }

  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (row, column) = (index / columnPieces * rows, index % columnPieces * columns)
    return (row..<min(m, row + rows), column..<min(n, column + columns))
  }
}
