/// The type of one stored value.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64, float32, float16, bfloat16
  /// 1 sign, 4 exponent, 3 mantissa bits; no infinity ("fn").
  case float8e4m3
  case int64, int32, int16, int8, uint8, bool

  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .float8e4m3, .int8, .uint8, .bool: 1
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16, .float8e4m3: true
    case .int64, .int32, .int16, .int8, .uint8, .bool: false
    }
  }
}
