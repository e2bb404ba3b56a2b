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

  public var elementCount: Int { shape.reduce(1, *) }
}
