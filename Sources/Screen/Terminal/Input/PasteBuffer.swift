/// The inside of a bracketed paste, until `ESC [ 201 ~`, wherever reads cut it.
struct PasteBuffer {
  private static let end = Array("\u{1B}[201~".utf8)
  private var bytes: [UInt8] = []

  /// Once the end has been seen: the text, and how many of these bytes were part of the paste.
  mutating func append(_ more: ArraySlice<UInt8>) -> (text: String, taken: Int)? {
    let start = bytes.count
    bytes += more
    let from = max(0, start - Self.end.count + 1)
    guard let end = Self.find(in: bytes, from: from) else { return nil }
    return (Self.text(bytes[..<end]), end + Self.end.count - start)
  }

  private static func find(in bytes: [UInt8], from: Int) -> Int? {
    var at = from
    while let escape = bytes[at...].firstIndex(of: 0x1B) {
      if bytes[escape...].starts(with: end) { return escape }
      at = escape + 1
    }
    return nil
  }

  /// Terminals send line ends as CR. Damaged UTF-8 is repaired.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var lines: [UInt8] = []
    var last: UInt8 = 0
    for byte in bytes {
      if byte == 0x0D {
        lines.append(0x0A)
      } else if byte != 0x0A || last != 0x0D {
        lines.append(byte)
      }
      last = byte
    }
    return String(decoding: lines, as: UTF8.self)
  }
}
