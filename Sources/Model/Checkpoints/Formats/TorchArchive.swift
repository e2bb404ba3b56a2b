import Tensors

/// A `.pth` file as PyTorch has written it since 1.6: a zip archive with a pickle that describes tensors and one file
/// for the values of each. The tensors stay where they lie in the archive.
struct TorchArchive {
  /// Largest pickle that is read, in bytes; that of a published model has some hundred thousand.
  static let maximumPickle = 1 << 20

  /// In the order of the pickle.
  let entries: [TensorEntry]

  init(parsing bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    let zip = try ZipDirectory(parsing: bytes, path: path)
    let name = try Self.pickleName(zip, path)
    let range = zip.files[name] ?? 0..<0
    guard range.count <= Self.maximumPickle else {
      throw CheckpointError(.tooLarge(part: "pickle", byteCount: range.count, limit: Self.maximumPickle), path: path)
    }
    let folder = String(name.dropLast("data.pkl".count))
    if let order = zip.files[folder + "byteorder"], !bytes[order].elementsEqual("little".utf8) {
      throw CheckpointError(.unsupportedFormat("its numbers are not little-endian"), path: path)
    }
    let pickle = try Self.unpickle([UInt8](bytes[range]), path)
    entries = try TorchLayout(pickle: pickle, archive: zip, folder: folder, path: path).entries()
  }

  /// A whole file in memory.
  init(parsing file: [UInt8], path: String) throws(CheckpointError) {
    let result = file.withUnsafeBytes { bytes in
      Result { () throws(CheckpointError) in try TorchArchive(parsing: bytes, path: path) }
    }
    self = try result.get()
  }

  private static func pickleName(_ zip: ZipDirectory, _ path: String) throws(CheckpointError) -> String {
    let names = zip.files.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard let name = names.first, names.count == 1 else {
      throw CheckpointError(.malformed(part: "zip directory", detail: "it has no single data.pkl"), path: path)
    }
    return name
  }

  private static func unpickle(_ bytes: [UInt8], _ path: String) throws(CheckpointError) -> Pickle {
    do {
      return try Unpickler.read(bytes)
    } catch {
      switch error {
      case .malformed(let detail): throw CheckpointError(.malformed(part: "pickle", detail: detail), path: path)
      case .forbidden(let what): throw CheckpointError(.forbiddenPickle(what), path: path)
      }
    }
  }
}

/// Turns what a pickle says into entries that can be trusted.
private struct TorchLayout {
  let pickle: Pickle
  let archive: ZipDirectory
  let folder: String
  let path: String

  func entries() throws(CheckpointError) -> [TensorEntry] {
    var entries: [TensorEntry] = []
    var names: Set<String> = []
    for (key, value) in try stateDictionary() {
      guard case .tensor(let index) = value, let name = pickle.text(key) else { continue }
      guard names.insert(name).inserted else { throw failure(.duplicate, name) }
      entries.append(try entry(name, pickle.tensors[index]))
    }
    return entries
  }

  /// The dictionary with the tensors: the whole, or one member of a training checkpoint.
  private func stateDictionary() throws(CheckpointError) -> [(key: Pickle.Value, value: Pickle.Value)] {
    guard let root = pickle.items(pickle.root) else {
      throw failure(.malformed(part: "pickle", detail: "it holds no dictionary of tensors"))
    }
    if root.contains(where: { if case .tensor = $0.value { true } else { false } }) { return root }
    for wanted in ["state_dict", "model", "module"] {
      if let member = root.first(where: { pickle.text($0.key) == wanted }), let items = pickle.items(member.value) {
        return items
      }
    }
    throw failure(.malformed(part: "pickle", detail: "its dictionary holds no tensors"))
  }

  private func failure(_ cause: CheckpointError.Cause, _ tensor: String? = nil) -> CheckpointError {
    CheckpointError(cause, path: path, tensor: tensor)
  }

  private func entry(_ name: String, _ tensor: Pickle.TensorReference) throws(CheckpointError) -> TensorEntry {
    let (type, shape) = (tensor.storage.type, tensor.shape)
    let typeName = type.safetensorsName
    guard shape.allSatisfy({ $0 >= 0 }) else { throw failure(.badShape("\(shape.brief) is negative"), name) }
    guard let byteCount = type.byteCount(of: shape) else {
      throw failure(.sizeOverflow(shape: shape, type: typeName), name)
    }
    guard let start = type.byteCount(of: tensor.offset) else {
      throw failure(.malformed(part: "pickle", detail: "its offset in the storage is \(tensor.offset)"), name)
    }
    guard let storageBytes = type.byteCount(of: tensor.storage.elementCount) else {
      let count = tensor.storage.elementCount
      throw failure(.malformed(part: "pickle", detail: "its storage announces \(count) values"), name)
    }
    guard let data = archive.files[folder + "data/" + tensor.storage.key] else {
      throw failure(.malformed(part: "zip directory", detail: "its storage is missing"), name)
    }
    guard storageBytes <= data.count, start <= data.count, byteCount <= data.count - start else {
      let what =
        storageBytes > data.count
        ? "the \(tensor.storage.elementCount) values that its storage announces go"
        : "shape \(shape.brief) of \(typeName) at offset \(tensor.offset) goes"
      throw failure(
        .malformed(part: "pickle", detail: "\(what) beyond its storage of \(data.count) bytes"), name)
    }
    guard isContiguous(tensor) else { throw failure(.transposed(strides: tensor.strides), name) }
    let lower = data.lowerBound + start
    return TensorEntry(name: name, type: type, shape: shape, range: lower..<lower + byteCount)
  }

  /// Whether the values follow each other in row-major order. Strides of sizes up to 1 mean nothing.
  private func isContiguous(_ tensor: Pickle.TensorReference) -> Bool {
    if tensor.shape.contains(0) { return true }
    var expected = 1
    for (size, stride) in zip(tensor.shape, tensor.strides).reversed() where size > 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }
}
