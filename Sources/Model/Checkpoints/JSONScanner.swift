/// Reads JSON from bytes, strictly and without recursion deeper than ``maximumDepth``: made for headers that may
/// have been written by an enemy. Nothing here traps, whatever the bytes are.
///
/// Grammar: RFC 8259. A repeated key in an object is an error of the callers, which see every key.
struct JSONScanner {
  static let maximumDepth = 64

  private let bytes: ArraySlice<UInt8>
  /// Where the next character is looked for.
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// An error at the place where reading stands, counted from the beginning of the text.
  func failure(_ what: String) -> JSONError { JSONError(offset: position - bytes.startIndex, what: what) }

  private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// The first byte of the next token, or nil at the end.
  mutating func peek() -> UInt8? {
    skipSpace()
    return current
  }

  /// Consumes `character` if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = peek(), UInt32(byte) == character.value else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard take(character) else {
      throw failure(current == nil ? "ends where '\(character)' should follow" : "expected '\(character)'")
    }
  }

  /// Nothing but white space may follow.
  mutating func expectEnd() throws(JSONError) {
    if peek() != nil { throw failure("something follows the end of the JSON") }
  }

  /// `body` is called once for every member, with its key, and has to read the value.
  mutating func object(_ body: (inout JSONScanner, String) throws(JSONError) -> Void) throws(JSONError) {
    try expect("{")
    if take("}") { return }
    repeat {
      skipSpace()
      let key = try string()
      try expect(":")
      try body(&self, key)
    } while take(",")
    try expect("}")
  }

  /// `body` is called once for every element and has to read it.
  mutating func array(_ body: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
    try expect("[")
    if take("]") { return }
    repeat { try body(&self) } while take(",")
    try expect("]")
  }

  /// The value of one member of an object; reading stops behind it.
  mutating func member(_ name: String) throws(JSONError) -> JSON? {
    try expect("{")
    if take("}") { return nil }
    repeat {
      skipSpace()
      let key = try string()
      try expect(":")
      let value = try JSON(&self, depth: 1)
      if key == name { return value }
    } while take(",")
    try expect("}")
    return nil
  }

  mutating func literal(_ text: String) throws(JSONError) {
    for byte in text.utf8 {
      guard current == byte else { throw failure("expected '\(text)'") }
      position += 1
    }
  }

  /// An integer of 64 bits with sign. Fractions, exponents and larger numbers are errors.
  mutating func integer() throws(JSONError) -> Int {
    let start = position
    guard case .integer(let value) = try number() else {
      position = start
      throw failure("expected an integer of at most 64 bits")
    }
    return value
  }

  enum Number {
    case integer(Int)
    case real(Double)
  }

  mutating func number() throws(JSONError) -> Number {
    skipSpace()
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    guard let first = current, isDigit(first) else { throw failure("expected a value") }
    position += 1
    if first != UInt8(ascii: "0") { skipDigits() }
    let isInteger = try !skipFractionAndExponent()
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text) else { throw failure("expected a number") }
    return .real(value)
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func skipDigits() {
    while let byte = current, isDigit(byte) { position += 1 }
  }

  /// Whether there was a fraction or an exponent.
  private mutating func skipFractionAndExponent() throws(JSONError) -> Bool {
    var found = false
    if current == UInt8(ascii: ".") {
      position += 1
      try digits()
      found = true
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
      found = true
    }
    return found
  }

  private mutating func digits() throws(JSONError) {
    guard let byte = current, isDigit(byte) else { throw failure("expected a digit") }
    skipDigits()
  }

  /// A string with its escapes resolved. It must be valid UTF-8 and hold no lone surrogate.
  mutating func string() throws(JSONError) -> String {
    try expect("\"")
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    if current == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try text(bytes[start..<position])
    }
    return try escapedString(from: start)
  }

  private func text(_ utf8: some Sequence<UInt8>) throws(JSONError) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else { throw failure("a string is not valid UTF-8") }
    return text
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var buffer = Array(bytes[start..<position])
    while let byte = current {
      if byte == UInt8(ascii: "\"") {
        position += 1
        return try text(buffer)
      }
      if byte < 0x20 { throw failure("a control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &buffer)
      } else {
        buffer.append(byte)
      }
    }
    throw failure("ends inside a string")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw failure("ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"): buffer.append(contentsOf: String(try unicodeEscape()).utf8)
    default: throw failure("an unknown escape in a string")
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let high = try fourHexDigits()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard current == UInt8(ascii: "\\"), high < 0xDC00 else { throw failure("a lone surrogate in a string") }
    position += 1
    guard current == UInt8(ascii: "u") else { throw failure("a lone surrogate in a string") }
    position += 1
    let low = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw failure("a lone surrogate in a string") }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}

/// Where and why a text is not JSON.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes from the beginning of the text.
  public var offset: Int
  public var what: String
  public var description: String { "bad JSON at byte \(offset): \(what)" }
}
