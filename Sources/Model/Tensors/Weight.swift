import COneDNN

/// A matrix [out, in] as it lies in its file, and the bias [out] beside it.
///
///     let weight = Weight(matrix, bias: bias, scale: 0.01, changes: [.lowRank(up: up, down: down, factor: 0.8)])
///     weight.expandedRows(0..<64)    // scale · matrix + 0.8 · up · down, float32 [64, in]
///
/// A device multiplies with the values where they lie if it can; otherwise it expands them, a strip at a time, or as a whole
/// and keeps the copy as long as the weight lives and its budget allows. A weight is for one device.
public final class Weight {
  public let values: Tensor
  public let bias: Tensor?
  /// Factor of all values: 8-bit files keep one for each matrix.
  public let scale: Float
  /// What is added to the scaled values.
  public let changes: [WeightChange]
  /// Whether a device may round the values, and what they are multiplied with, to 8 bits. Models say so of the large
  /// matrices that stand it by measurement.
  public var mayRound = false
  var expanded: OrderedValues?
  var bytes: ByteWeight?
  var budget: ExpansionBudget?

  /// `values` [out, in]; `bias` [out] or nil.
  public init(_ values: Tensor, bias: Tensor? = nil, scale: Float = 1, changes: [WeightChange] = []) {
    precondition(values.shape.count == 2, "a weight is a matrix")
    for change in changes { change.check(values.shape) }
    self.values = values
    self.bias = bias?.asFloat32()
    self.scale = scale
    self.changes = changes
  }

  public var outputs: Int { values.shape[0] }
  public var inputs: Int { values.shape[1] }

  /// Whether the values in the file are all there is.
  public var isPlain: Bool { scale == 1 && changes.isEmpty }

  /// Some rows as they count in a product: float32 [range.count, in].
  public func expandedRows(_ range: Range<Int>) -> Tensor {
    let stored = values.rows(range)
    if isPlain { return stored.asFloat32() }
    let result = stored.type == .float32 ? stored.copy() : stored.asFloat32()
    if scale != 1 {
      result.withMutableFloats { floats in
        for index in floats.indices { floats[index] *= scale }
      }
    }
    for change in changes { change.add(rows: range, to: result) }
    return result
  }

  /// Some rows as they count in a product, in bfloat16 where they lie if they do, or in float32.
  func floatingRows(_ range: Range<Int>) -> Tensor {
    let liesAsItCounts = isPlain && values.type == .bfloat16 && Int(bitPattern: values.pointer) % 2 == 0
    return liesAsItCounts ? values.rows(range) : expandedRows(range)
  }

  /// Nobody multiplies with it soon: what was made of it is forgotten, and the pages of its file need not stay in memory.
  public func rest() {
    budget?.giveBack((expanded?.byteCount ?? 0) + (bytes?.byteCount ?? 0))
    (expanded, bytes, budget) = (nil, nil, nil)
    values.storage.releasePages(values.byteOffset..<values.byteOffset + values.byteCount)
  }

  deinit {
    budget?.giveBack((expanded?.byteCount ?? 0) + (bytes?.byteCount ?? 0))
  }
}

/// What a LoRA adds to a matrix [out, in].
public enum WeightChange {
  /// factor · up [out, rank] · down [rank, in]
  case lowRank(up: Tensor, down: Tensor, factor: Float)
  /// factor · difference [out, in]
  case full(Tensor, factor: Float)

  fileprivate func check(_ shape: [Int]) {
    switch self {
    case .lowRank(let up, let down, _):
      precondition(up.shape.count == 2 && down.shape.count == 2 && up.shape[1] == down.shape[0])
      precondition([up.shape[0], down.shape[1]] == shape, "a change has the shape of its weight")
    case .full(let difference, _): precondition(difference.shape == shape, "a change has the shape of its weight")
    }
  }

  /// target [rows.count, in] float32 += these rows of the change.
  fileprivate func add(rows: Range<Int>, to target: Tensor) {
    switch self {
    case .lowRank(let up, let down, let factor):
      let (inputs, rank) = (target.shape[1], down.shape[0])
      guard rank > 0 else { return }
      let scaled = Tensor.zeros([rows.count, rank])
      scaled.add(up.rows(rows), factor: factor)
      let down = down.asFloat32()
      var product = mv_dnn_product(
        type: mv_dnn_f32, m: rows.count, n: inputs, k: rank, stride_a: rank, stride_b: inputs, stride_c: inputs,
        order_b: mv_dnn_rows_of_n, accumulate: 1)
      let failed = mv_dnn_multiply(&product, scaled.f32, down.f32, target.f32)
      precondition(failed == 0, String(cString: mv_dnn_message()))
    case .full(let difference, let factor):
      target.add(difference.rows(rows), factor: factor)
    }
  }
}

extension Tensor {
  /// self += factor · other, in place; self is float32 and of our own.
  public func add(_ other: Tensor, factor: Float) {
    precondition(other.elementCount == elementCount)
    let other = other.asFloat32()
    withMutableFloats { floats in
      other.withFloats { others in
        for index in floats.indices { floats[index] += factor * others[index] }
      }
    }
  }
}

/// How many bytes of expanded weights a device keeps.
final class ExpansionBudget {
  private var left: Int
  init(bytes: Int) { left = bytes }

  func take(_ bytes: Int) -> Bool {
    guard bytes <= left else { return false }
    left -= bytes
    return true
  }

  func giveBack(_ bytes: Int) { left += bytes }
}
