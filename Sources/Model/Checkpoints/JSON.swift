/// A JSON value, for the small configuration files beside the weights.
///
///     let config = try JSON(parsing: bytes)
///     config["num_layers"]?.integer     // 30
///
/// Integers keep their 64 bits (a seed is one). A key that occurs twice in an object is an error, because readers
/// disagree on which one counts.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// - Throws: ``JSONError`` with the place of the first offence.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(bytes[...])
    self = try JSON(&scanner, depth: 0)
    try scanner.expectEnd()
  }

  init(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
    guard depth < JSONScanner.maximumDepth else { throw scanner.failure("nested too deeply") }
    switch scanner.peek() {
    case nil: throw scanner.failure("ends where a value should be")
    case UInt8(ascii: "{"): self = .object(try Self.members(&scanner, depth: depth))
    case UInt8(ascii: "["): self = .array(try Self.elements(&scanner, depth: depth))
    case UInt8(ascii: "\""): self = .string(try scanner.string())
    case UInt8(ascii: "t"): self = .bool(try Self.literal("true", true, &scanner))
    case UInt8(ascii: "f"): self = .bool(try Self.literal("false", false, &scanner))
    case UInt8(ascii: "n"):
      try scanner.literal("null")
      self = .null
    default:
      switch try scanner.number() {
      case .integer(let value): self = .integer(value)
      case .real(let value): self = .real(value)
      }
    }
  }

  private static func literal(_ text: String, _ value: Bool, _ scanner: inout JSONScanner) throws(JSONError) -> Bool {
    try scanner.literal(text)
    return value
  }

  private static func members(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> [String: JSON] {
    var members: [String: JSON] = [:]
    try scanner.object { (scanner: inout JSONScanner, key: String) throws(JSONError) in
      let value = try JSON(&scanner, depth: depth + 1)
      guard members.updateValue(value, forKey: key) == nil else {
        throw scanner.failure("the key \"\(key.printable())\" occurs twice")
      }
    }
    return members
  }

  private static func elements(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> [JSON] {
    var elements: [JSON] = []
    try scanner.array { (scanner: inout JSONScanner) throws(JSONError) in
      elements.append(try JSON(&scanner, depth: depth + 1))
    }
    return elements
  }
}

extension JSON {
  public subscript(key: String) -> JSON? { object?[key] }

  public var object: [String: JSON]? { if case .object(let value) = self { value } else { nil } }
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }

  /// The number, also if it is written as an integer.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// What kind of value it is, for error messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "an integer"
    case .real: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSON {
  /// Reads one member of the object in a JSON file, and nothing behind it: a `tokenizer.json` has megabytes of
  /// which a few lines are wanted. nil if the object has no such member.
  public init?(file path: String, part: String, member: String, limit: Int = 256 << 20) throws(CheckpointError) {
    let bytes = try MappedFile(path: path).contents(limit: limit, part: part)
    var scanner = JSONScanner(bytes[...])
    do {
      guard let value = try scanner.member(member) else { return nil }
      self = value
    } catch {
      throw CheckpointError(.malformed(part: part, detail: error.description), path: path)
    }
  }

  /// Reads a JSON file of at most `limit` bytes.
  ///
  /// - Throws: ``CheckpointError``, naming the file; `part` says what the file is ("configuration").
  public init(file path: String, part: String, limit: Int = 64 << 20) throws(CheckpointError) {
    let bytes = try MappedFile(path: path).contents(limit: limit, part: part)
    do {
      self = try JSON(parsing: bytes)
    } catch {
      throw CheckpointError(.malformed(part: part, detail: error.description), path: path)
    }
  }
}
