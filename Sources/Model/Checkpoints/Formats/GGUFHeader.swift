import Tensors

/// The header of a GGUF file, version 2 or 3, read and checked; a pure function of bytes.
///
/// Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Sizes of a tensor stand innermost first in the
/// file and outermost first here. Gaps between tensors are padding; overlaps are refused.
public struct GGUFHeader: Hashable, Sendable {
  /// Longest header that is read, in bytes: bounds every count that a file may announce.
  public static let maximumByteCount = 100_000_000

  public let version: UInt32
  /// In the order of the file.
  public let entries: [TensorEntry]
  /// The texts and whole numbers among the metadata.
  public let metadata: [String: String]
  /// Where the lists among the metadata lie, unread.
  public let lists: [String: GGUFList]

  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: for error messages.
  public init(parsing bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.maximumByteCount))
    var reader = ByteReader(head, path: path, part: "GGUF header")
    guard try reader.text(4, "the magic") == "GGUF" else {
      throw CheckpointError(.unsupportedFormat("is not a GGUF file: the magic number is wrong"), path: path)
    }
    version = try reader.integer(UInt32.self, "the version")
    guard version == 2 || version == 3 else {
      throw CheckpointError(.unsupportedFormat("has GGUF version \(version); 2 and 3 are supported"), path: path)
    }
    let tensorCount = try reader.integer(UInt64.self, "the tensor count")
    let metadataCount = try reader.integer(UInt64.self, "the metadata count")
    let found = try GGUFMetadata(&reader, count: metadataCount)
    (metadata, lists) = (found.texts, found.lists)
    guard tensorCount <= UInt64(SafetensorsHeader.maximumTensors), tensorCount <= UInt64(reader.remaining / 24) else {
      throw reader.failure("it announces \(tensorCount) tensors, too many for its size")
    }
    let layout = GGUFLayout(metadata: found, fileByteCount: bytes.count, path: path)
    entries = try layout.entries(&reader, count: Int(tensorCount))
  }

  /// A whole file in memory.
  public init(parsing file: [UInt8], path: String) throws(CheckpointError) {
    let result = file.withUnsafeBytes { bytes in
      Result { () throws(CheckpointError) in try GGUFHeader(parsing: bytes, path: path) }
    }
    self = try result.get()
  }
}

/// A list among the metadata.
public struct GGUFList: Hashable, Sendable {
  /// As GGUF numbers them: 6 is float32, 8 is text.
  public let type: UInt32
  public let count: Int
  /// Its values, in bytes of the file.
  public let range: Range<Int>
}

/// The key-value pairs: texts and numbers are kept, of lists their place, and shapes.
struct GGUFMetadata {
  private static let maximumText = 65_536
  /// Pairs, and texts in all lists together: a vocabulary has a quarter of a million.
  private static let maximumPairs: UInt64 = 65_536
  private static let maximumListed = 1 << 20
  private static let sizes: [UInt32: Int] = [0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8]
  private static let shapePrefix = "comfy.gguf.orig_shape."

  private(set) var texts: [String: String] = [:]
  private(set) var lists: [String: GGUFList] = [:]
  private(set) var alignment = 32
  private var listed = 0
  /// Tensor → its shape before it was reshaped to fit the blocks.
  private(set) var shapes: [String: [Int]] = [:]

  init(_ reader: inout ByteReader, count: UInt64) throws(CheckpointError) {
    guard count <= Self.maximumPairs else {
      throw reader.failure("it announces \(count) metadata entries, too many: the limit is \(Self.maximumPairs)")
    }
    // A count beyond what the file holds ends with it.
    var keys: Set<String> = []
    for _ in 0..<count {
      let key = try readPair(&reader)
      guard keys.insert(key).inserted else { throw reader.failure("the metadata key \(key.printable()) occurs twice") }
    }
  }

  static func text(
    _ reader: inout ByteReader, _ what: String, isName: Bool = false
  ) throws(CheckpointError) -> String {
    let length = try reader.integer(UInt64.self, "the length of \(what)")
    guard let count = Int(exactly: length), count <= reader.remaining else {
      throw reader.failure("the length of \(what) is \(length) bytes, beyond the size of the file")
    }
    guard count <= maximumText else {
      try reader.take(count, what)
      return ""
    }
    return try isName ? reader.name(count, what) : reader.text(count, what)
  }

  /// What a key of the format's own must hold, and what its type may be.
  private static let required: [String: (types: Set<UInt32>, what: String)] = [
    "general.alignment": ([4, 5], "a whole number of 32 bits"), "general.architecture": ([8], "a text"),
  ]

  /// - Returns: the key.
  private mutating func readPair(_ reader: inout ByteReader) throws(CheckpointError) -> String {
    let key = try Self.text(&reader, "a metadata key", isName: true)
    guard !key.isEmpty else { throw reader.failure("a metadata key is empty, or endless") }
    let type = try reader.integer(UInt32.self, "the type of a metadata value")
    if let required = Self.required[key], !required.types.contains(type) {
      throw reader.failure("\(key) has the type \(type), and must be \(required.what)")
    }
    try readValue(&reader, key, type)
    return key
  }

  private mutating func readValue(
    _ reader: inout ByteReader, _ key: String, _ type: UInt32
  ) throws(CheckpointError) {
    switch type {
    case 8: texts[key] = try Self.text(&reader, "a metadata string")
    case 9: try readList(&reader, key)
    case 4, 5:
      let value = try reader.integer(UInt32.self, "a metadata value")
      texts[key] = String(value)
      if key == "general.alignment" { alignment = try checkedAlignment(Int(value), reader) }
    default:
      guard let size = Self.sizes[type] else { throw reader.failure("a metadata value has the unknown type \(type)") }
      try reader.take(size, "a metadata value")
    }
  }

  private func checkedAlignment(_ value: Int, _ reader: ByteReader) throws(CheckpointError) -> Int {
    guard value > 0, value & (value - 1) == 0, value <= 1 << 20 else {
      throw reader.failure("the alignment is \(value), expected a power of two")
    }
    return value
  }

  private mutating func readList(_ reader: inout ByteReader, _ key: String) throws(CheckpointError) {
    let type = try reader.integer(UInt32.self, "the type of a metadata list")
    let announced = try reader.integer(UInt64.self, "the length of a metadata list")
    let size = type == 8 ? 8 : Self.sizes[type]
    guard let size else { throw reader.failure("a metadata list has the unknown type \(type)") }
    guard announced <= UInt64(reader.remaining / size) else {
      throw reader.failure("a metadata list announces \(announced) values, too many for its size")
    }
    let count = Int(announced)
    let start = reader.position
    defer { lists[key] = GGUFList(type: type, count: count, range: start..<reader.position) }
    if type == 8 {
      listed += count
      guard listed <= Self.maximumListed else { throw reader.failure("its lists hold too many texts: \(listed)") }
      for _ in 0..<count { _ = try Self.text(&reader, "a metadata string") }
    } else if type == 5, count <= SafetensorsHeader.maximumDimensions, key.hasPrefix(Self.shapePrefix) {
      var shape: [Int] = []
      for _ in 0..<count { shape.append(Int(try reader.integer(Int32.self, "a shape"))) }
      shapes[String(key.dropFirst(Self.shapePrefix.count))] = shape
    } else {
      try reader.take(count * size, "a metadata list")
    }
  }
}

/// Turns the tensor table into entries that can be trusted.
private struct GGUFLayout {
  let metadata: GGUFMetadata
  let fileByteCount: Int
  let path: String

  private func failure(_ cause: CheckpointError.Cause, _ tensor: String) -> CheckpointError {
    CheckpointError(cause, path: path, tensor: tensor)
  }

  /// A tensor before it is known where the data begins.
  private typealias Relative = (entry: TensorEntry, offset: UInt64, byteCount: Int)

  func entries(_ reader: inout ByteReader, count: Int) throws(CheckpointError) -> [TensorEntry] {
    var relative: [Relative] = []
    var names: Set<String> = []
    for _ in 0..<count {
      let tensor = try tensor(&reader)
      guard names.insert(tensor.entry.name).inserted else { throw failure(.duplicate, tensor.entry.name) }
      relative.append(tensor)
    }
    let start = (reader.position + metadata.alignment - 1) / metadata.alignment * metadata.alignment
    var entries: [TensorEntry] = []
    for tensor in relative {
      var entry = tensor.entry
      entry.range = try place(tensor.offset, tensor.byteCount, start, entry.name)
      entries.append(entry)
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    try checkOverlaps(entries)
    return entries
  }

  private func tensor(_ reader: inout ByteReader) throws(CheckpointError) -> Relative {
    let name = try GGUFMetadata.text(&reader, "a tensor's name", isName: true)
    guard !name.isEmpty else { throw reader.failure("a tensor has no name, or an endless one") }
    let dimensions = try reader.integer(UInt32.self, "a tensor's dimensions")
    guard dimensions <= 8 else { throw failure(.badShape("\(dimensions) dimensions are too many"), name) }
    var sizes: [UInt64] = []
    for _ in 0..<dimensions { sizes.append(try reader.integer(UInt64.self, "a tensor's shape")) }
    let type = try ElementType(gguf: reader.integer(UInt32.self, "a tensor's type"), name, path)
    let offset = try reader.integer(UInt64.self, "a tensor's offset")
    let inner = sizes.compactMap { Int(exactly: $0) }
    guard inner.count == sizes.count else {
      let largest = sizes.max() ?? 0
      throw failure(.badShape("the size \(largest) of \(type.rawValue) overflows"), name)
    }
    guard ElementType.uint8.byteCount(of: inner) != nil else {
      throw failure(.sizeOverflow(shape: inner.reversed(), type: type.rawValue), name)
    }
    guard !inner.contains(0) else {
      throw failure(.badShape("\(Array(inner.reversed()).brief) holds no values"), name)
    }
    guard (inner.first ?? 1).isMultiple(of: type.block.values), let byteCount = type.byteCount(of: inner) else {
      throw failure(
        .badShape(
          "rows of \(inner.first ?? 1) values are no whole blocks of \(type.block.values), as \(type.rawValue) has them"
        ),
        name)
    }
    let shape = try originalShape(name, Array(inner.reversed()), type)
    return (TensorEntry(name: name, type: type, shape: shape, range: 0..<0), offset, byteCount)
  }

  /// Some converters flatten tensors to fit the blocks and keep the shape in the metadata.
  private func originalShape(_ name: String, _ shape: [Int], _ type: ElementType) throws(CheckpointError) -> [Int] {
    guard let original = metadata.shapes[name] else { return shape }
    guard let count = ElementType.uint8.byteCount(of: original), count == shape.reduce(1, *),
      original.dropFirst().reduce(1, *).isMultiple(of: type.block.values)
    else { throw failure(.badShape("the metadata's shape \(original.brief) is not that of \(shape.brief)"), name) }
    return original
  }

  private func place(_ offset: UInt64, _ byteCount: Int, _ start: Int, _ name: String) throws(CheckpointError)
    -> Range<Int>
  {
    guard offset.isMultiple(of: UInt64(metadata.alignment)) else {
      throw failure(.malformed(part: "GGUF header", detail: "its offset \(offset) is not aligned"), name)
    }
    guard let place = Int(exactly: offset), case (let begin, let overflow) = start.addingReportingOverflow(place),
      !overflow,
      case (let end, let beyond) = begin.addingReportingOverflow(byteCount), !beyond
    else {
      throw failure(.malformed(part: "GGUF header", detail: "its offset \(offset) lies beyond any file's end"), name)
    }
    guard end <= fileByteCount else { throw failure(.truncated(byteCount: fileByteCount, needed: end), name) }
    return begin..<end
  }

  private func checkOverlaps(_ entries: [TensorEntry]) throws(CheckpointError) {
    for (first, second) in zip(entries, entries.dropFirst())
    where second.range.lowerBound < first.range.upperBound && !second.range.isEmpty {
      throw failure(
        .overlap(begin: second.range.lowerBound, other: first.name, otherEnd: first.range.upperBound), second.name)
    }
  }
}

extension ElementType {
  /// The type that GGUF numbers so.
  fileprivate init(gguf number: UInt32, _ tensor: String, _ path: String) throws(CheckpointError) {
    let known: [UInt32: ElementType] = [
      0: .float32, 1: .float16, 2: .q40, 3: .q41, 6: .q50, 7: .q51, 8: .q80, 10: .q2K, 11: .q3K, 12: .q4K,
      13: .q5K, 14: .q6K, 24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 30: .bfloat16,
    ]
    let others: [UInt32: String] = [
      9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S",
      22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
    ]
    if let type = known[number] {
      self = type
      return
    }
    let cause = others[number].map { CheckpointError.Cause.unsupportedType($0) } ?? .unknownType(String(number))
    throw CheckpointError(cause, path: path, tensor: tensor)
  }
}
