public import Tensors

/// Where a tensor lies in a file, and as what. Checked: the bytes are inside the file and as many as shape and type
/// need.
public struct TensorEntry: Hashable, Sendable {
  public var name: String
  public var type: ElementType
  /// Sizes, outermost first; a scalar has none.
  public var shape: [Int]
  /// Bytes from the beginning of the file.
  public var range: Range<Int>

  public init(name: String, type: ElementType, shape: [Int], range: Range<Int>) {
    self.name = name
    self.type = type
    self.shape = shape
    self.range = range
  }

  public var elementCount: Int { range.count / type.byteCount }
}

/// Bytes that a tensor of this shape and type takes; nil if a size is negative or the product overflows.
func byteCount(of shape: [Int], _ type: ElementType) -> Int? {
  var product = 1
  for size in shape + [type.byteCount] {
    guard size >= 0 else { return nil }
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    product = next
  }
  return product
}
