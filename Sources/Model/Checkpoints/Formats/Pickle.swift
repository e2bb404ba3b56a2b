import Tensors

/// What a pickle holds, as plain data. Everything lives in flat arrays and values refer to them by index, so that no
/// nesting, however deep, costs stack.
struct Pickle {
  enum Value: Hashable {
    case none, mark
    case bool(Bool)
    case integer(Int)
    case real(Double)
    /// Bytes of the pickle that are UTF-8, or raw bytes.
    case text(Range<Int>)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(Global)
    case storage(Int)
    case tensor(Int)
  }

  /// The only names that a pickle may call: those that a state dictionary consists of.
  enum Global: Hashable {
    case orderedDictionary, rebuildTensor, rebuildParameter
    case storage(ElementType)
  }

  struct StorageReference: Hashable {
    var type: ElementType
    /// Name of a file of the archive.
    var key: String
    var elementCount: Int
  }

  struct TensorReference: Hashable {
    var storage: StorageReference
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  let bytes: [UInt8]
  var root = Value.none
  var tuples: [[Value]] = []
  var lists: [[Value]] = []
  var dictionaries: [[(key: Value, value: Value)]] = []
  var storages: [StorageReference] = []
  var tensors: [TensorReference] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  static let maximumTensors = 100_000
  private static let longestText = 1024

  /// The text, if it is one and not longer than names are.
  func text(_ value: Value) -> String? {
    guard case .text(let range) = value, range.count <= Self.longestText else { return nil }
    return String(validating: bytes[range], as: UTF8.self)
  }

  func integers(_ value: Value) -> [Int]? {
    guard case .tuple(let index) = value, tuples[index].count <= SafetensorsHeader.maximumDimensions else { return nil }
    var integers: [Int] = []
    for element in tuples[index] {
      guard case .integer(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }

  func items(_ value: Value) -> [(key: Value, value: Value)]? {
    guard case .dictionary(let index) = value else { return nil }
    return dictionaries[index]
  }
}

/// Why a pickle is refused.
enum PickleError: Error, Hashable {
  case malformed(String)
  /// It asks for something that is not plain data.
  case forbidden(String)
}

extension Pickle.Global {
  /// - Throws: naming what is not in the list.
  init(module: String, name: String) throws(PickleError) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    default:
      guard module == "torch", let type = Self.storages[name] else {
        throw .forbidden("the global \(module.printable(limit: 80)).\(name.printable(limit: 80))")
      }
      self = .storage(type)
    }
  }

  private static let storages: [String: ElementType] = [
    "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16, "DoubleStorage": .float64,
    "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
    "ByteStorage": .uint8, "BoolStorage": .bool,
  ]
}
