import Checkpoints

/// A JSON object of settings, read key by key; every number has bounds, every error names file and key.
struct ConfigurationFile {
  let path: String
  private let members: [String: JSON]

  init(path: String) throws(CheckpointError) {
    try self.init(JSON(file: path, part: "configuration"), path: path)
  }

  init(_ json: JSON, path: String) throws(CheckpointError) {
    guard let members = json.object else {
      throw CheckpointError(.malformed(part: "configuration", detail: "it is \(json.kind), not an object"), path: path)
    }
    self.path = path
    self.members = members
  }

  func failure(_ detail: String) -> CheckpointError {
    CheckpointError(.malformed(part: "configuration", detail: detail), path: path)
  }

  var keys: [String] { members.keys.sorted() }

  /// The value; nil if it is absent or null.
  func value(_ key: String) -> JSON? {
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  private func required(_ key: String) throws(CheckpointError) -> JSON {
    guard let value = value(key) else { throw failure("\"\(key)\" is absent") }
    return value
  }

  private func wrongKind(_ key: String, _ value: JSON, _ expected: String) -> CheckpointError {
    failure("\"\(key)\" is \(value.kind), expected \(expected)")
  }

  /// An integer inside `range`; `fallback` if it is absent and there is one.
  func integer(_ key: String, in range: ClosedRange<Int>, or fallback: Int? = nil) throws(CheckpointError) -> Int {
    if value(key) == nil, let fallback { return fallback }
    return try check(try required(key), key, range)
  }

  private func check(_ value: JSON, _ key: String, _ range: ClosedRange<Int>) throws(CheckpointError) -> Int {
    guard let integer = value.integer else { throw wrongKind(key, value, "an integer") }
    guard range.contains(integer) else {
      throw failure("\"\(key)\" is \(integer), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  func integers(_ key: String, in range: ClosedRange<Int>, counts: ClosedRange<Int>) throws(CheckpointError) -> [Int] {
    var integers: [Int] = []
    for element in try list(key, counts) { integers.append(try check(element, key, range)) }
    return integers
  }

  func number(_ key: String, in range: ClosedRange<Double>, or fallback: Double? = nil) throws(CheckpointError)
    -> Double
  {
    if value(key) == nil, let fallback { return fallback }
    return try check(try required(key), key, range)
  }

  private func check(_ value: JSON, _ key: String, _ range: ClosedRange<Double>) throws(CheckpointError) -> Double {
    guard let number = value.number else { throw wrongKind(key, value, "a number") }
    guard range.contains(number) else {
      throw failure("\"\(key)\" is \(number), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func numbers(_ key: String, in range: ClosedRange<Double>, counts: ClosedRange<Int>) throws(CheckpointError)
    -> [Double]
  {
    var numbers: [Double] = []
    for element in try list(key, counts) { numbers.append(try check(element, key, range)) }
    return numbers
  }

  func bools(_ key: String, counts: ClosedRange<Int>) throws(CheckpointError) -> [Bool] {
    var bools: [Bool] = []
    for element in try list(key, counts) {
      guard let bool = element.bool else { throw wrongKind(key, element, "true or false") }
      bools.append(bool)
    }
    return bools
  }

  private func list(_ key: String, _ counts: ClosedRange<Int>) throws(CheckpointError) -> [JSON] {
    let value = try required(key)
    guard let list = value.array else { throw wrongKind(key, value, "a list") }
    guard counts.contains(list.count) else {
      let expected = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
      throw failure("\"\(key)\" has \(list.count) elements, expected \(expected)")
    }
    return list
  }

  func bool(_ key: String, or fallback: Bool) throws(CheckpointError) -> Bool {
    guard let value = value(key) else { return fallback }
    guard let bool = value.bool else { throw wrongKind(key, value, "true or false") }
    return bool
  }

  func string(_ key: String, or fallback: String? = nil) throws(CheckpointError) -> String {
    if value(key) == nil, let fallback { return fallback }
    let value = try required(key)
    guard let string = value.string else { throw wrongKind(key, value, "a string") }
    return string
  }

  /// Refuses a setting that this program has no arithmetic for.
  func require(_ condition: Bool, _ key: String, _ expected: String) throws(CheckpointError) {
    guard condition else { throw failure("\"\(key)\" has a value that is not supported; expected \(expected)") }
  }
}
