import COneDNN
import Kernels

/// What products multiply, all in one type that the library knows.
struct ProductOperands {
  let type: mv_dnn_type
  /// [m, k]
  let rows: Tensor
  /// [n, k] each
  let weights: [Tensor]
  /// How each of them lies: in our order, or row after row.
  let orders: [OperandOrder]
  /// What the sums of bytes stand for; nil for others.
  var steps: ByteSteps?

  /// The length of the pieces in which sums are made: all of a row, or a panel of it.
  var piece: Int { rows.rowStride }

  /// Where a piece of a row begins.
  func row(_ index: Int, from input: Int = 0) -> UnsafeRawPointer {
    UnsafeRawPointer(rows.address(row: index, column: input))
  }
}

/// The scales of rows and weights that were rounded to bytes: a row's value is step · (byte − zero), a weight's
/// step · byte.
///
/// Zeros are taken out of the sums afterwards: Σ (a − zero) · b = Σ a · b − zero · Σ b, exactly, so that the library
/// multiplies plain bytes. (The sums of panels are added by the library, in float32: their last bit of 24 may be lost.)
struct ByteSteps {
  let rows: RowSteps
  let weights: [ByteWeight]

  /// What the sums of a tile stand for.
  func loop(_ tile: ProductTile) -> mv_byte_steps {
    rows.loop(from: tile.rows.lowerBound, weights[tile.weight].steps, from: tile.columns.lowerBound)
  }
}

/// Of rows as unsigned bytes: their steps (float32) and zeros (int32).
struct RowSteps {
  let steps: Tensor
  let zeros: Tensor

  init(count: Int) {
    steps = Tensor(uninitialized: [count])
    zeros = Tensor(uninitialized: [count], type: .int32)
  }

  /// What sums of products of rows from this one on with a weight's stand for.
  func loop(from row: Int, _ weight: WeightSteps, from column: Int) -> mv_byte_steps {
    mv_byte_steps(
      steps: steps.f32 + row, zeros: zeros.i32 + row, weight_steps: weight.steps.f32 + column,
      weight_sums: weight.sums.f32 + column)
  }
}

/// Of rows as signed bytes: their steps, and the sums of their bytes.
struct WeightSteps {
  let steps: Tensor
  let sums: Tensor

  init(count: Int) {
    steps = Tensor(uninitialized: [count])
    sums = Tensor(uninitialized: [count])
  }

  var byteCount: Int { steps.byteCount + sums.byteCount }
}

/// A weight [out, in] as signed bytes.
struct ByteWeight {
  let values: Tensor
  /// How they lie: in our order, or row after row.
  let order: OperandOrder
  let steps: WeightSteps

  var byteCount: Int { values.byteCount + steps.byteCount }
}

extension CPU {
  /// Sums of so many products of bytes (255 · 127) stay below 2³¹.
  private static let mostByteInputs = 1 << 16

  /// What x · weightᵀ multiplies for each weight: bytes if all of them may be rounded.
  func operands(_ x: Tensor, _ weights: [Weight]) -> ProductOperands {
    if multipliesBytes && weights.allSatisfy(mayMultiplyBytes) { return byteOperands(x, weights) }
    return ProductOperands(
      type: dnnType, rows: operand(x), weights: weights.map(operand), orders: weights.map { _ in .rowsOfK })
  }

  func mayMultiplyBytes(_ weight: Weight) -> Bool { weight.mayRound && weight.inputs <= Self.mostByteInputs }

  private func byteOperands(_ x: Tensor, _ weights: [Weight]) -> ProductOperands {
    let (count, columns) = (x.shape[0], x.shape[1])
    let x = x.type == .bfloat16 ? x : x.asFloat32()
    let width = panelWidth(rows: count, columns: columns, bytes: 1)
    let bytes = Tensor(uninitialized: [count, columns], type: .uint8, panelWidth: width)
    let steps = RowSteps(count: count)
    inParallel(count, piece: 32) { rows in
      measured(.conversion) { roundRows(x, rows, into: bytes, steps) }
    }
    let weights = weights.map(byteWeight)
    return ProductOperands(
      type: mv_dnn_u8s8, rows: bytes, weights: weights.map(\.values), orders: weights.map(\.order),
      steps: ByteSteps(rows: steps, weights: weights))
  }

  private func roundRows(_ x: Tensor, _ rows: Range<Int>, into bytes: Tensor, _ steps: RowSteps) {
    precondition(x.panels == nil, "a device that multiplies bytes makes no panels of anything else")
    let (first, width) = (rows.lowerBound, bytes.rowStride)
    loops.to_bytes(
      x.rows(rows).pointer, rows.count, x.shape[1], isBFloat16(x), bytes.u8 + first * width, width,
      bytes.panels?.stride ?? 0, steps.steps.f32 + first, steps.zeros.i32 + first)
  }

  /// The weight in bytes: made at its first use and kept as the budget allows. What does not stay is made anew for every
  /// product: that reads the weight once more, which is little beside a product with hundreds of rows.
  func byteWeight(_ weight: Weight) -> ByteWeight {
    if let bytes = weight.bytes { return bytes }
    let made = makeByteWeight(weight)
    if budget.take(made.byteCount) {
      weight.bytes = made
      weight.budget = budget
    }
    return made
  }

  private func makeByteWeight(_ weight: Weight) -> ByteWeight {
    let (outputs, inputs) = (weight.outputs, weight.inputs)
    // The library's order depends on how products are cut into strips.
    let order = packedOrder(mv_dnn_u8s8, k: inputs, n: outputs) == .ours ? OperandOrder.ours : .rowsOfK
    let made = ByteWeight(
      values: Tensor(uninitialized: [outputs, inputs], type: .int8), order: order, steps: WeightSteps(count: outputs))
    inParallel(outputs, piece: Int(mv_product_columns)) { rows in
      measured(.conversion) {
        let (target, plain) = (made.values.i8 + rows.lowerBound * inputs, weight.floatingRows(rows))
        let bytes = order == .ours ? Tensor(uninitialized: [rows.count, inputs], type: .int8) : nil
        withExtendedLifetime(plain) {
          loops.to_weight_bytes(
            plain.pointer, rows.count, inputs, isBFloat16(plain), largestPair, bytes?.i8 ?? target,
            made.steps.steps.f32 + rows.lowerBound, made.steps.sums.f32 + rows.lowerBound)
        }
        if let bytes {
          pack(mv_dnn_u8s8, inputs, rows.count, .rowsOfK, stride: inputs, bytes.pointer, into: target)
        }
      }
    }
    return made
  }
}
