/// A stack machine for the pickles of PyTorch's state dictionaries: tensors and containers, nothing else.
///
///     let pickle = try Unpickler.read(bytes)
///
/// Python's own unpickler calls whatever a file names. This one calls nothing: it knows the few names of
/// ``Pickle/Global`` as data and refuses every other by name. Opcodes: CPython's `Lib/pickletools.py`, protocols 2–5.
struct Unpickler {
  private var pickle: Pickle
  private var position = 0
  private var stack: [Pickle.Value] = []
  private var memo: [Int: Pickle.Value] = [:]
  private var bytes: [UInt8] { pickle.bytes }

  static func read(_ bytes: [UInt8]) throws(PickleError) -> Pickle {
    var machine = Unpickler(pickle: Pickle(bytes: bytes))
    try machine.run()
    return machine.pickle
  }

  private init(pickle: Pickle) { self.pickle = pickle }

  private mutating func run() throws(PickleError) {
    while true {
      let opcode = try byte()
      if opcode == UInt8(ascii: ".") { break }
      try step(opcode)
    }
    pickle.root = try pop()
    guard stack.isEmpty else { throw .malformed("values are left on the stack") }
  }

  private mutating func step(_ opcode: UInt8) throws(PickleError) {
    if try pushConstant(opcode) { return }
    if try pushText(opcode) { return }
    if try remember(opcode) { return }
    if try build(opcode) { return }
    if try fill(opcode) { return }
    if try call(opcode) { return }
    throw Self.refusal(of: opcode)
  }

  private static func refusal(of opcode: UInt8) -> PickleError {
    let names: [UInt8: String] = [
      0x81: "NEWOBJ", 0x92: "NEWOBJ_EX", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", UInt8(ascii: "i"): "INST",
      UInt8(ascii: "o"): "OBJ", UInt8(ascii: "P"): "PERSID",
    ]
    if let name = names[opcode] { return .forbidden("the operation \(name), which makes objects") }
    return .malformed("unknown operation 0x\(String(opcode, radix: 16))")
  }
}

// MARK: - Bytes and stack

extension Unpickler {
  private mutating func byte() throws(PickleError) -> UInt8 {
    guard position < bytes.count else { throw .malformed("it ends without a stop") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func take(_ count: Int) throws(PickleError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else { throw .malformed("it ends inside a value") }
    defer { position += count }
    return position..<position + count
  }

  /// An unsigned little-endian number of at most eight bytes.
  private mutating func number(_ size: Int) throws(PickleError) -> Int {
    var value: UInt64 = 0
    for (shift, index) in try take(size).enumerated() { value |= UInt64(bytes[index]) << (8 * UInt64(shift)) }
    guard let number = Int(exactly: value) else { throw .malformed("a number is too large") }
    return number
  }

  /// A two's complement little-endian number; none is 0.
  private mutating func signed(_ size: Int) throws(PickleError) -> Int {
    guard size <= 8 else { throw .malformed("a number of \(size) bytes is too large") }
    var value: UInt64 = 0
    let range = try take(size)
    for (shift, index) in range.enumerated() { value |= UInt64(bytes[index]) << (8 * UInt64(shift)) }
    guard let last = range.last, bytes[last] >= 0x80, size < 8 else { return Int(bitPattern: UInt(value)) }
    return Int(bitPattern: UInt(value)) - (1 << (8 * size))
  }

  private mutating func line() throws(PickleError) -> String {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")), end - position <= 1024 else {
      throw .malformed("a name does not end")
    }
    defer { position = end + 1 }
    guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
      throw .malformed("a name is not text")
    }
    return text
  }

  private mutating func push(_ value: Pickle.Value) { stack.append(value) }

  private mutating func pop() throws(PickleError) -> Pickle.Value {
    guard let value = stack.popLast(), value != .mark else { throw .malformed("the stack is empty") }
    return value
  }

  private mutating func popToMark() throws(PickleError) -> [Pickle.Value] {
    guard let mark = stack.lastIndex(of: .mark) else { throw .malformed("a mark is missing") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[(mark + 1)...])
  }
}

// MARK: - Operations

extension Unpickler {
  private mutating func pushConstant(_ opcode: UInt8) throws(PickleError) -> Bool {
    switch opcode {
    case 0x80: _ = try take(1)  // PROTO
    case 0x95: _ = try take(8)  // FRAME
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case UInt8(ascii: "("): push(.mark)
    case UInt8(ascii: "0"):
      guard stack.popLast() != nil else { throw .malformed("the stack is empty") }
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"):
      let value = try pop()
      stack += [value, value]
    case UInt8(ascii: "K"): push(.integer(try number(1)))
    case UInt8(ascii: "M"): push(.integer(try number(2)))
    case UInt8(ascii: "J"): push(.integer(try signed(4)))
    case 0x8A: push(.integer(try signed(number(1))))
    case 0x8B: push(.integer(try signed(number(4))))
    case UInt8(ascii: "G"):
      let pattern = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
      push(.real(Double(bitPattern: pattern)))
    default: return false
    }
    return true
  }

  /// Bytes of the length that stands before a text.
  private static let lengthBytes: [UInt8: Int] = [
    UInt8(ascii: "X"): 4, 0x8C: 1, 0x8D: 8, UInt8(ascii: "U"): 1, UInt8(ascii: "T"): 4, UInt8(ascii: "C"): 1,
    UInt8(ascii: "B"): 4, 0x8E: 8,
  ]

  private mutating func pushText(_ opcode: UInt8) throws(PickleError) -> Bool {
    guard let length = Self.lengthBytes[opcode] else { return false }
    push(.text(try take(number(length))))
    return true
  }

  private mutating func remember(_ opcode: UInt8) throws(PickleError) -> Bool {
    switch opcode {
    case UInt8(ascii: "q"): try memorise(number(1))
    case UInt8(ascii: "r"): try memorise(number(4))
    case 0x94: try memorise(memo.count)
    case UInt8(ascii: "h"): try recall(number(1))
    case UInt8(ascii: "j"): try recall(number(4))
    default: return false
    }
    return true
  }

  private mutating func memorise(_ key: Int) throws(PickleError) {
    guard let top = stack.last, top != .mark else { throw .malformed("the stack is empty") }
    memo[key] = top
  }

  private mutating func recall(_ key: Int) throws(PickleError) {
    guard let value = memo[key] else { throw .malformed("it recalls what it never stored") }
    push(value)
  }

  private mutating func build(_ opcode: UInt8) throws(PickleError) -> Bool {
    switch opcode {
    case UInt8(ascii: ")"): pushTuple([])
    case UInt8(ascii: "t"): pushTuple(try popToMark())
    case 0x85: pushTuple([try pop()])
    case 0x86: pushTuple(try pop(2))
    case 0x87: pushTuple(try pop(3))
    case UInt8(ascii: "]"): pushList([])
    case UInt8(ascii: "l"): pushList(try popToMark())
    case UInt8(ascii: "}"): pushDictionary()
    case UInt8(ascii: "d"):
      let values = try popToMark()
      pushDictionary()
      try setItems(values)
    default: return false
    }
    return true
  }

  private mutating func pop(_ count: Int) throws(PickleError) -> [Pickle.Value] {
    var values: [Pickle.Value] = []
    for _ in 0..<count { values.append(try pop()) }
    return values.reversed()
  }

  private mutating func pushTuple(_ values: [Pickle.Value]) {
    push(.tuple(pickle.tuples.count))
    pickle.tuples.append(values)
  }

  private mutating func pushList(_ values: [Pickle.Value]) {
    push(.list(pickle.lists.count))
    pickle.lists.append(values)
  }

  private mutating func pushDictionary() {
    push(.dictionary(pickle.dictionaries.count))
    pickle.dictionaries.append([])
  }

  private mutating func fill(_ opcode: UInt8) throws(PickleError) -> Bool {
    switch opcode {
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"): try append(popToMark())
    case UInt8(ascii: "s"): try setItems(pop(2))
    case UInt8(ascii: "u"): try setItems(popToMark())
    case UInt8(ascii: "b"): try setState()
    default: return false
    }
    return true
  }

  private mutating func append(_ values: [Pickle.Value]) throws(PickleError) {
    guard case .list(let index)? = stack.last else { throw .malformed("it appends to what is no list") }
    pickle.lists[index] += values
  }

  private mutating func setItems(_ values: [Pickle.Value]) throws(PickleError) {
    guard case .dictionary(let index)? = stack.last else { throw .malformed("it sets items of what is no dictionary") }
    guard values.count.isMultiple(of: 2) else { throw .malformed("a key has no value") }
    for position in stride(from: 0, to: values.count, by: 2) {
      pickle.dictionaries[index].append((values[position], values[position + 1]))
    }
  }

  /// State dictionaries carry version numbers as an attribute, which means nothing here.
  private mutating func setState() throws(PickleError) {
    guard case .dictionary = try pop(), case .dictionary? = stack.last else {
      throw .forbidden("the operation BUILD on something else than a dictionary")
    }
  }
}

// MARK: - Calls

extension Unpickler {
  private mutating func call(_ opcode: UInt8) throws(PickleError) -> Bool {
    switch opcode {
    case UInt8(ascii: "c"): push(.global(try Pickle.Global(module: line(), name: line())))
    case 0x93:
      let names = try pop(2)
      guard let module = pickle.text(names[0]), let name = pickle.text(names[1]) else {
        throw .malformed("a global has no name")
      }
      push(.global(try Pickle.Global(module: module, name: name)))
    case UInt8(ascii: "R"): try reduce()
    case UInt8(ascii: "Q"): try persistent()
    default: return false
    }
    return true
  }

  private mutating func arguments() throws(PickleError) -> [Pickle.Value] {
    guard case .tuple(let index) = try pop() else { throw .malformed("a call has no arguments") }
    return pickle.tuples[index]
  }

  private mutating func reduce() throws(PickleError) {
    let arguments = try arguments()
    guard case .global(let global) = try pop() else { throw .forbidden("a call of something that has no name") }
    switch global {
    case .orderedDictionary:
      guard arguments.isEmpty else { throw .forbidden("an OrderedDict with arguments") }
      pushDictionary()
    case .rebuildTensor: try rebuildTensor(arguments)
    case .rebuildParameter:
      guard case .tensor? = arguments.first else { throw .malformed("a parameter is no tensor") }
      push(arguments[0])
    case .storage: throw .forbidden("a call of a storage")
    }
  }

  /// (storage, offset, shape, strides, …)
  private mutating func rebuildTensor(_ arguments: [Pickle.Value]) throws(PickleError) {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
      let shape = pickle.integers(arguments[2]), let strides = pickle.integers(arguments[3]),
      shape.count == strides.count
    else { throw .malformed("a tensor is described wrongly") }
    guard pickle.tensors.count < Pickle.maximumTensors else { throw .malformed("it holds too many tensors") }
    push(.tensor(pickle.tensors.count))
    pickle.tensors.append(
      Pickle.TensorReference(storage: pickle.storages[storage], offset: offset, shape: shape, strides: strides))
  }

  /// ("storage", type, key, device, number of values)
  private mutating func persistent() throws(PickleError) {
    let arguments = try arguments()
    guard arguments.count >= 5, pickle.text(arguments[0]) == "storage",
      case .global(.storage(let type)) = arguments[1], let key = pickle.text(arguments[2]),
      case .integer(let count) = arguments[4]
    else { throw .malformed("a storage is described wrongly") }
    guard pickle.storages.count < Pickle.maximumTensors else { throw .malformed("it holds too many storages") }
    push(.storage(pickle.storages.count))
    pickle.storages.append(Pickle.StorageReference(type: type, key: key, elementCount: count))
  }
}
