public import Tensors

/// The header of a safetensors file, read and checked; a pure function of bytes.
///
/// Layout (https://github.com/huggingface/safetensors, "Format"): 8 bytes little-endian length N of the header,
/// N bytes JSON `{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …}`, then the data, to
/// which the offsets refer. As the reference implementation does, this one refuses tensors that overlap, holes
/// between tensors and bytes after the last one: then every byte of the file is accounted for, so a file that was
/// cut off or overwritten shows.
public struct SafetensorsHeader: Hashable, Sendable {
  /// Longest header that is read, in bytes; the reference implementation's limit.
  public static let maximumByteCount = 100_000_000
  static let maximumDimensions = 32
  /// A hundred times what a model has.
  static let maximumTensors = 100_000

  /// In the order of the data.
  public let entries: [TensorEntry]
  /// The strings under `__metadata__`.
  public let metadata: [String: String]

  /// - Parameters:
  ///   - bytes: the beginning of the file, at least as far as the header goes.
  ///   - fileByteCount: how long the whole file is.
  ///   - path: for error messages.
  public init(parsing bytes: UnsafeRawBufferPointer, fileByteCount: Int, path: String) throws(CheckpointError) {
    let text = try Self.text(of: bytes, fileByteCount, path)
    let raw: RawHeader
    do {
      raw = try RawHeader(parsing: text)
    } catch {
      throw CheckpointError(.malformed(part: "header", detail: error.description), path: path)
    }
    let dataStart = 8 + text.count
    let layout = SafetensorsLayout(path: path, dataStart: dataStart, dataByteCount: fileByteCount - dataStart)
    entries = try layout.entries(raw.tensors)
    metadata = raw.metadata
  }

  /// A whole file in memory.
  public init(parsing file: [UInt8], path: String) throws(CheckpointError) {
    let result = file.withUnsafeBytes { bytes in
      Result { () throws(CheckpointError) in
        try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count, path: path)
      }
    }
    self = try result.get()
  }

  private static func text(of bytes: UnsafeRawBufferPointer, _ fileByteCount: Int, _ path: String)
    throws(CheckpointError) -> [UInt8]
  {
    guard fileByteCount > 0 else { throw CheckpointError(.empty, path: path) }
    guard fileByteCount >= 8, bytes.count >= 8 else {
      throw CheckpointError(.truncated(byteCount: fileByteCount, needed: 8), path: path)
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(maximumByteCount), let count = Int(exactly: length),
      count <= fileByteCount - 8, count <= bytes.count - 8
    else {
      throw CheckpointError(.badHeaderLength(length: length, byteCount: fileByteCount), path: path)
    }
    return [UInt8](bytes[8..<8 + count])
  }
}

/// What a header says, before anything is believed.
struct RawHeader {
  struct Tensor {
    var name: String
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
  }

  var tensors: [Tensor] = []
  var metadata: [String: String] = [:]

  init(parsing text: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(text[...])
    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
    try scanner.object { (scanner: inout JSONScanner, key: String) throws(JSONError) in
      if key == "__metadata__" {
        metadata = try Self.metadata(&scanner)
      } else {
        guard tensors.count < SafetensorsHeader.maximumTensors else {
          throw scanner.failure("more than \(SafetensorsHeader.maximumTensors) tensors")
        }
        tensors.append(try Self.tensor(&scanner, key))
      }
    }
    try scanner.expectEnd()
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func metadata(_ scanner: inout JSONScanner) throws(JSONError) -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object { (scanner: inout JSONScanner, key: String) throws(JSONError) in
      metadata[key] = try scanner.string()
    }
    return metadata
  }

  private static func tensor(_ scanner: inout JSONScanner, _ name: String) throws(JSONError) -> Tensor {
    var tensor = Tensor(name: name)
    try scanner.object { (scanner: inout JSONScanner, key: String) throws(JSONError) in
      switch key {
      case "dtype": tensor.type = try scanner.string()
      case "shape": tensor.shape = try integers(&scanner)
      case "data_offsets": tensor.offsets = try integers(&scanner)
      default: _ = try JSON(&scanner, depth: 2)
      }
    }
    return tensor
  }

  private static func integers(_ scanner: inout JSONScanner) throws(JSONError) -> [Int] {
    var integers: [Int] = []
    try scanner.array { (scanner: inout JSONScanner) throws(JSONError) in
      guard integers.count < SafetensorsHeader.maximumDimensions else {
        throw scanner.failure("more than \(SafetensorsHeader.maximumDimensions) numbers in a list")
      }
      integers.append(try scanner.integer())
    }
    return integers
  }
}

/// Turns what a header says into entries that can be trusted.
struct SafetensorsLayout {
  let path: String
  /// Where the data begins in the file, and how many bytes follow.
  let dataStart: Int
  let dataByteCount: Int

  private struct Placed {
    var entry: TensorEntry
    var begin: Int
    var end: Int
  }

  func entries(_ raw: [RawHeader.Tensor]) throws(CheckpointError) -> [TensorEntry] {
    var placed: [Placed] = []
    var names: Set<String> = []
    for tensor in raw {
      guard names.insert(tensor.name).inserted else { throw failure(.duplicate, tensor.name) }
      placed.append(try place(tensor))
    }
    placed.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try checkThatTheyFillTheData(placed)
    return placed.map { tensor in
      var entry = tensor.entry
      entry.range = dataStart + tensor.begin..<dataStart + tensor.end
      return entry
    }
  }

  private func failure(_ cause: CheckpointError.Cause, _ tensor: String? = nil) -> CheckpointError {
    CheckpointError(cause, path: path, tensor: tensor)
  }

  /// Checks one tensor by itself.
  private func place(_ raw: RawHeader.Tensor) throws(CheckpointError) -> Placed {
    guard let typeName = raw.type, let shape = raw.shape, let offsets = raw.offsets, offsets.count == 2 else {
      throw failure(.malformed(part: "header", detail: "dtype, shape or the two data offsets are absent"), raw.name)
    }
    let type = try type(named: typeName, raw.name)
    let (begin, end) = (offsets[0], offsets[1])
    guard shape.allSatisfy({ $0 >= 0 }) else { throw failure(.badShape("\(shape.brief) is negative"), raw.name) }
    guard begin >= 0, end >= begin else { throw failure(.reversedOffsets(begin: begin, end: end), raw.name) }
    guard let needed = type.byteCount(of: shape) else {
      throw failure(.sizeOverflow(shape: shape, type: typeName), raw.name)
    }
    guard needed == end - begin else {
      throw failure(
        .sizeMismatch(shape: shape, type: typeName, byteCount: end - begin, needed: needed), raw.name)
    }
    return Placed(entry: TensorEntry(name: raw.name, type: type, shape: shape, range: 0..<0), begin: begin, end: end)
  }

  private func type(named name: String, _ tensor: String) throws(CheckpointError) -> ElementType {
    if let type = ElementType(safetensors: name) { return type }
    let others: Set = ["U16", "U32", "U64", "F8_E8M0", "F4", "F6_E2M3", "F6_E3M2", "C64"]
    throw failure(others.contains(name) ? .unsupportedType(name) : .unknownType(name), tensor)
  }

  /// Checks the tensors, sorted by place, against each other and against the size of the file.
  private func checkThatTheyFillTheData(_ placed: [Placed]) throws(CheckpointError) {
    var previous: Placed?
    for tensor in placed {
      let expected = previous?.end ?? 0
      if let previous, tensor.begin < expected {
        throw failure(
          .overlap(begin: tensor.begin, other: previous.entry.name, otherEnd: expected), tensor.entry.name)
      }
      if tensor.begin > expected {
        throw failure(.hole(begin: tensor.begin, expected: expected), tensor.entry.name)
      }
      previous = tensor
    }
    let end = previous?.end ?? 0
    guard end <= dataByteCount else {
      let (needed, overflow) = end.addingReportingOverflow(dataStart)
      let cut = placed.first { $0.end > dataByteCount }
      throw failure(
        .truncated(byteCount: dataStart + dataByteCount, needed: overflow ? .max : needed), cut?.entry.name)
    }
    guard end == dataByteCount else { throw failure(.trailingBytes(count: dataByteCount - end)) }
  }
}

extension ElementType {
  /// The type that safetensors calls `name`.
  init?(safetensors name: String) {
    let types = ElementType.allCases.filter { !$0.isQuantised }
    guard let type = types.first(where: { $0.safetensorsName == name }) else { return nil }
    self = type
  }

  /// What safetensors calls this type; for the block formats of GGUF, what those files call them.
  public var safetensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float8e4m3: "F8_E4M3"
    case .float8e5m2: "F8_E5M2"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint8: "U8"
    case .bool: "BOOL"
    case .q40, .q41, .q50, .q51, .q80, .q2K, .q3K, .q4K, .q5K, .q6K: rawValue.uppercased()
    }
  }
}
