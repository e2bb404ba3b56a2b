import COneDNN
import Kernels

/// The rows that products multiply, in a type that the library knows.
struct ProductRows {
  let type: mv_dnn_type
  /// [m, k]
  let values: Tensor
  /// What they stand for, if they are bytes.
  var steps: RowSteps?

  /// The length of the pieces in which sums are made: all of a row, or a panel of it.
  var piece: Int { values.rowStride }

  /// Where a piece of a row begins.
  func address(_ row: Int, from input: Int = 0) -> UnsafeRawPointer {
    UnsafeRawPointer(values.address(row: row, column: input))
  }

  /// What the sums of a tile stand for.
  func loop(_ tile: ProductTile, _ weight: WeightOperand) -> mv_byte_steps {
    guard let steps, case .bytes(let bytes) = weight else { return mv_byte_steps() }
    return steps.loop(from: tile.rows.lowerBound, bytes.steps, from: tile.columns.lowerBound)
  }
}

/// A weight [n, k] as products read it.
enum WeightOperand {
  /// In the type that is multiplied.
  case values(OrderedValues)
  case bytes(ByteWeight)
  /// As it is in its file: its strips get that type when they are packed.
  case stored(Weight)

  /// What there is already.
  var values: OrderedValues? {
    switch self {
    case .values(let values): values
    case .bytes(let weight): weight.values
    case .stored: nil
    }
  }
}

/// A matrix [n, k], and how it lies: in our order, or row after row.
struct OrderedValues {
  let tensor: Tensor
  let order: OperandOrder

  var byteCount: Int { tensor.byteCount }
}

/// Of rows as unsigned bytes: their steps (float32) and zeros (int32). A row's value is step · (byte − zero), a weight's
/// step · byte.
///
/// Zeros are taken out of the sums afterwards: Σ (a − zero) · b = Σ a · b − zero · Σ b, exactly, so that the library
/// multiplies plain bytes. (The sums of panels are added by the library, in float32: their last bit of 24 may be lost.)
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
  let values: OrderedValues
  let steps: WeightSteps

  var byteCount: Int { values.byteCount + steps.byteCount }
}

extension CPU {
  /// Sums of so many products of bytes (255 · 127) stay below 2³¹.
  private static let mostByteInputs = 1 << 16

  /// What x · weightᵀ multiplies: bytes if all weights may be rounded.
  func rows(_ x: Tensor, for weights: [Weight]) -> ProductRows {
    if multipliesBytes && weights.allSatisfy(mayMultiplyBytes) { return byteRows(x) }
    return ProductRows(type: dnnType, values: operand(x))
  }

  func mayMultiplyBytes(_ weight: Weight) -> Bool { weight.mayRound && weight.inputs <= Self.mostByteInputs }

  private func byteRows(_ x: Tensor) -> ProductRows {
    let (count, columns) = (x.shape[0], x.shape[1])
    let x = x.type == .bfloat16 ? x : x.asFloat32()
    let width = panelWidth(rows: count, columns: columns, bytes: 1)
    let bytes = Tensor(uninitialized: [count, columns], type: .uint8, panelWidth: width)
    let steps = RowSteps(count: count)
    inParallel(count, piece: 32) { rows in
      measured(.conversion) { roundRows(x, rows, into: bytes, steps) }
    }
    return ProductRows(type: mv_dnn_u8s8, values: bytes, steps: steps)
  }

  private func roundRows(_ x: Tensor, _ rows: Range<Int>, into bytes: Tensor, _ steps: RowSteps) {
    precondition(x.panels == nil, "a device that multiplies bytes makes no panels of anything else")
    let (first, width) = (rows.lowerBound, bytes.rowStride)
    loops.to_bytes(
      x.rows(rows).pointer, rows.count, x.shape[1], isBFloat16(x), bytes.u8 + first * width, width,
      bytes.panels?.stride ?? 0, steps.steps.f32 + first, steps.zeros.i32 + first)
  }
}
