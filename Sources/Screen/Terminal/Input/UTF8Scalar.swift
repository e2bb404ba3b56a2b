/// One scalar at the start of some bytes.
enum UTF8Scalar {
  /// Nil while it is incomplete. Damaged bytes are U+FFFD, one at a time.
  static func first(in bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, count: Int)? {
    guard let first = bytes.first else { return nil }
    let length = length(of: first)
    let rest = bytes.dropFirst().prefix(length - 1)
    guard rest.allSatisfy({ $0 & 0xC0 == 0x80 }) else { return ("\u{FFFD}", 1) }
    guard rest.count == length - 1 else { return nil }
    var decoder = UTF8()
    var iterator = bytes.prefix(length).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return ("\u{FFFD}", 1) }
    return (scalar, length)
  }

  private static func length(of first: UInt8) -> Int {
    switch first {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
