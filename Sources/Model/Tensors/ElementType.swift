import Kernels

/// The type of one stored value, or of a block of values that share scales.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64, float32, float16, bfloat16
  /// 1 sign, 4 exponent, 3 mantissa bits; no infinity ("fn").
  case float8e4m3
  /// 1 sign, 5 exponent, 2 mantissa bits: the upper half of a float16.
  case float8e5m2
  case int64, int32, int16, int8, uint8, bool
  /// The block formats of GGUF files; a row is a whole number of blocks.
  case q40 = "q4_0"
  case q41 = "q4_1"
  case q50 = "q5_0"
  case q51 = "q5_1"
  case q80 = "q8_0"
  case q2K = "q2_K"
  case q3K = "q3_K"
  case q4K = "q4_K"
  case q5K = "q5_K"
  case q6K = "q6_K"

  /// Values and bytes of the smallest piece that can be read by itself: one value, or one block.
  public var block: (values: Int, bytes: Int) {
    switch self {
    case .float64, .int64: (1, 8)
    case .float32, .int32: (1, 4)
    case .float16, .bfloat16, .int16: (1, 2)
    case .float8e4m3, .float8e5m2, .int8, .uint8, .bool: (1, 1)
    case .q40: (32, 18)
    case .q41: (32, 20)
    case .q50: (32, 22)
    case .q51: (32, 24)
    case .q80: (32, 34)
    case .q2K: (256, 84)
    case .q3K: (256, 110)
    case .q4K: (256, 144)
    case .q5K: (256, 176)
    case .q6K: (256, 210)
    }
  }

  /// Bytes of `count` values; nil if that is negative, overflows, or is no whole number of blocks.
  public func byteCount(of count: Int) -> Int? {
    guard count >= 0, count.isMultiple(of: block.values) else { return nil }
    let (bytes, overflow) = (count / block.values).multipliedReportingOverflow(by: block.bytes)
    return overflow ? nil : bytes
  }

  /// Bytes of a tensor of this shape; nil if it has none, see ``byteCount(of:)``. So that no product of some of the
  /// sizes overflows either, a size of 0 does not excuse the others.
  public func byteCount(of shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      guard size >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
      if overflow { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : byteCount(of: count)
  }

  /// Bytes to which the address of a value must be aligned to be read in place.
  public var alignment: Int { block.values == 1 ? block.bytes : 1 }

  public var isQuantised: Bool { blockFormat != nil }

  public var isFloatingPoint: Bool {
    switch self {
    case .int64, .int32, .int16, .int8, .uint8, .bool: false
    default: true
    }
  }

  /// What the kernels call a block format.
  var blockFormat: mv_block_format? {
    switch self {
    case .q40: mv_q4_0
    case .q41: mv_q4_1
    case .q50: mv_q5_0
    case .q51: mv_q5_1
    case .q80: mv_q8_0
    case .q2K: mv_q2_k
    case .q3K: mv_q3_k
    case .q4K: mv_q4_k
    case .q5K: mv_q5_k
    case .q6K: mv_q6_k
    default: nil
    }
  }
}
