/// The normaliser's table of a `spiece.model`, checked before libsentencepiece walks through it: the library trusts its
/// numbers, and a damaged table sends it out of its memory.
///
/// The table (`normalizer_spec.precompiled_charsmap`) is the size of a double array, the array (32-bit units, as
/// darts-clone builds them), and the texts that its leaves point to, each ended by a zero.
enum NormaliserTable {
  /// Whether every table in the file is sound; true for a file without one.
  static func isSound(in model: [UInt8]) -> Bool {
    fields(3, of: model[...]).allSatisfy { fields(2, of: $0).allSatisfy(isSound) }
  }

  private static func isSound(_ table: ArraySlice<UInt8>) -> Bool {
    if table.isEmpty { return true }
    guard table.count >= 4 else { return false }
    let size = Int(word(table, 0))
    guard size.isMultiple(of: 4), size > 0, size < table.count - 4, table.last == 0 else { return false }
    let (units, texts) = (size / 4, table.count - 4 - size)
    for index in 0..<units {
      let unit = word(table, 4 + 4 * index)
      if unit >> 31 == 1 {
        // A leaf: where its text begins.
        if Int(unit & 0x7FFF_FFFF) >= texts { return false }
      } else {
        // Any of 256 children, which are neighbours.
        let offset = Int(unit >> 10) << Int((unit & 1 << 9) >> 6)
        let children = index ^ offset
        if children | 0xFF >= units { return false }
        // A word ends here: the first of them is its leaf.
        if unit & 1 << 8 != 0, word(table, 4 + 4 * children) >> 31 != 1 { return false }
      }
    }
    return true
  }

  private static func word(_ bytes: ArraySlice<UInt8>, _ place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[bytes.startIndex + place + $1]) << UInt32(8 * $1) }
  }

  /// The contents of a field that is a message or bytes, as far as the message can be read.
  private static func fields(_ wanted: UInt64, of message: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var rest = message
    var found: [ArraySlice<UInt8>] = []
    while let key = variable(&rest) {
      var length: UInt64
      switch key & 7 {
      case 0:
        guard variable(&rest) != nil else { return found }
        continue
      case 1: length = 8
      case 5: length = 4
      case 2:
        guard let count = variable(&rest) else { return found }
        length = count
      default: return found
      }
      guard length <= UInt64(rest.count) else { return found }
      if key >> 3 == wanted, key & 7 == 2 { found.append(rest.prefix(Int(length))) }
      rest = rest.dropFirst(Int(length))
    }
    return found
  }

  private static func variable(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    return nil
  }
}
