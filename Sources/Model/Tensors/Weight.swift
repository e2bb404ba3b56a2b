/// A matrix [out, in] as it lies in its file, and the bias [out] beside it.
///
/// A device multiplies with the values where they lie if it can; otherwise it expands them, and keeps the
/// expanded copy as long as the weight lives and its budget allows.
public final class Weight {
  public let values: Tensor
  public let bias: Tensor?
  var expanded: Tensor?
  var budget: ExpansionBudget?

  /// `values` [out, in]; `bias` [out] or nil.
  public init(_ values: Tensor, bias: Tensor? = nil) {
    precondition(values.shape.count == 2, "a weight is a matrix")
    self.values = values
    self.bias = bias?.asFloat32()
  }

  public var outputs: Int { values.shape[0] }
  public var inputs: Int { values.shape[1] }

  deinit {
    if let expanded { budget?.giveBack(expanded.byteCount) }
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
