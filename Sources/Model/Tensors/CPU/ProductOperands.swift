import COneDNN
import Kernels

/// What products multiply, all in one type that the library knows.
struct ProductOperands {
  let type: mv_dnn_type
  /// [m, k]
  let rows: Tensor
  /// [n, k] each
  let weights: [Tensor]
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

  /// A tile of sums, 32-bit integers, becomes float32 in place.
  func apply(_ loops: mv_loops, _ tile: ProductTile, to sums: UnsafeMutablePointer<Float>) {
    rows.apply(loops, weights[tile.weight].steps, tile.rows, tile.columns, to: sums)
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

  /// Sums of products of some of the rows with some of a weight's, 32-bit integers, become float32 in place.
  func apply(
    _ loops: mv_loops, _ weight: WeightSteps, _ rows: Range<Int>, _ columns: Range<Int>,
    to sums: UnsafeMutablePointer<Float>
  ) {
    let (row, column) = (rows.lowerBound, columns.lowerBound)
    loops.from_bytes(
      sums, rows.count, columns.count, steps.f32 + row, zeros.i32 + row, weight.steps.f32 + column,
      weight.sums.i32 + column)
  }
}

/// Of rows as signed bytes: their steps (float32), and the sums of their bytes (int32).
struct WeightSteps {
  let steps: Tensor
  let sums: Tensor

  init(count: Int) {
    steps = Tensor(uninitialized: [count])
    sums = Tensor(uninitialized: [count], type: .int32)
  }

  var byteCount: Int { steps.byteCount + sums.byteCount }
}

/// Of keys and values as signed bytes.
struct MemorySteps {
  /// [heads · keys rounded up to whole blocks]
  let keys: WeightSteps
  /// [heads, blocks, size]: float32
  let values: Tensor

  var byteCount: Int { keys.byteCount + values.byteCount }
}

/// A weight [out, in] as signed bytes.
struct ByteWeight {
  let values: Tensor
  let steps: WeightSteps

  var byteCount: Int { values.byteCount + steps.byteCount }
}

extension CPU {
  /// Sums of so many products of bytes (255 · 127) stay below 2³¹.
  private static let mostByteInputs = 1 << 16

  /// What x · weightᵀ multiplies for each weight: bytes if all of them may be rounded.
  func operands(_ x: Tensor, _ weights: [Weight]) -> ProductOperands {
    if multipliesBytes && weights.allSatisfy(mayMultiplyBytes) { return byteOperands(x, weights) }
    return ProductOperands(type: dnnType, rows: operand(x), weights: weights.map(operand))
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
      type: mv_dnn_u8s8, rows: bytes, weights: weights.map(\.values),
      steps: ByteSteps(rows: steps, weights: weights))
  }

  private func roundRows(_ x: Tensor, _ rows: Range<Int>, into bytes: Tensor, _ steps: RowSteps) {
    let columns = x.shape[1]
    func round(_ from: UnsafeRawPointer, _ rows: Range<Int>, into target: UnsafeMutablePointer<UInt8>) {
      let (step, zero) = (steps.steps.f32 + rows.lowerBound, steps.zeros.i32 + rows.lowerBound)
      loops.to_bytes(from, rows.count, columns, isBFloat16(x), target, step, zero)
    }
    if x.panels == nil && bytes.panels == nil {
      return round(x.rows(rows).pointer, rows, into: bytes.u8 + rows.lowerBound * columns)
    }
    // A step is that of a whole row.
    let (whole, rounded) = (
      Tensor(uninitialized: [1, columns], type: x.type), Tensor(uninitialized: [columns], type: .uint8)
    )
    for row in rows {
      whole.copyRow(0, from: x, row)
      round(whole.pointer, row..<row + 1, into: rounded.u8)
      bytes.copyRow(row, from: rounded.reshaped([1, columns]), 0)
    }
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
    let made = ByteWeight(
      values: Tensor(uninitialized: [outputs, inputs], type: .int8), steps: WeightSteps(count: outputs))
    inParallel(outputs, piece: 16) { rows in
      measured(.conversion) {
        let (first, plain) = (rows.lowerBound, weight.floatingRows(rows))
        withExtendedLifetime(plain) {
          loops.to_weight_bytes(
            plain.pointer, rows.count, inputs, isBFloat16(plain), made.values.i8 + first * inputs,
            made.steps.steps.f32 + first, made.steps.sums.i32 + first)
        }
      }
    }
    return made
  }
}
