/// Builds the small binary files of the tests.
struct Bytes {
  var bytes: [UInt8] = []

  mutating func add<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func add(_ text: String) { bytes += Array(text.utf8) }
  /// Length in 64 bits, then the text.
  mutating func addCounted(_ text: String) {
    add(UInt64(text.utf8.count))
    add(text)
  }
}

/// A zip archive of stored files.
func zipArchive(_ files: [(name: String, bytes: [UInt8])], method: UInt16 = 0) -> [UInt8] {
  var (archive, directory) = (Bytes(), Bytes())
  for (name, bytes) in files {
    let offset = UInt32(archive.bytes.count)
    archive.add(UInt32(0x0403_4B50))
    for field in [20, 0, method, 0, 0] as [UInt16] { archive.add(field) }
    for field in [0, UInt32(bytes.count), UInt32(bytes.count)] { archive.add(field) }
    archive.add(UInt16(name.utf8.count))
    archive.add(UInt16(0))
    archive.add(name)
    archive.bytes += bytes
    directory.add(UInt32(0x0201_4B50))
    for field in [20, 20, 0, method, 0, 0] as [UInt16] { directory.add(field) }
    for field in [0, UInt32(bytes.count), UInt32(bytes.count)] { directory.add(field) }
    for field in [UInt16(name.utf8.count), 0, 0, 0, 0] { directory.add(field) }
    for field in [0, offset] as [UInt32] { directory.add(field) }
    directory.add(name)
  }
  let start = UInt32(archive.bytes.count)
  archive.bytes += directory.bytes
  archive.add(UInt32(0x0605_4B50))
  for field in [0, 0, UInt16(files.count), UInt16(files.count)] { archive.add(field) }
  for field in [UInt32(directory.bytes.count), start] { archive.add(field) }
  archive.add(UInt16(0))
  return archive.bytes
}

/// Pieces of pickles, protocol 2.
enum PickleCode {
  static func text(_ text: String) -> [UInt8] {
    var bytes = Bytes(bytes: Array("X".utf8))
    bytes.add(UInt32(text.utf8.count))
    bytes.add(text)
    return bytes.bytes
  }

  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  static func number(_ value: Int) -> [UInt8] {
    var bytes = Bytes(bytes: [0x8A, 8])
    bytes.add(Int64(value))
    return bytes.bytes
  }

  static func tuple(_ parts: [[UInt8]]) -> [UInt8] { Array("(".utf8) + parts.joined() + Array("t".utf8) }

  static func tensor(_ key: String, _ shape: [Int], strides: [Int], offset: Int = 0, stored: Int) -> [UInt8] {
    let storage =
      tuple([text("storage"), global("torch", "FloatStorage"), text(key), text("cpu"), number(stored)])
      + Array("Q".utf8)
    let ordered = global("collections", "OrderedDict") + Array(")R".utf8)
    let arguments = tuple([
      storage, number(offset), tuple(shape.map(number)), tuple(strides.map(number)), [0x89], ordered,
    ])
    return global("torch._utils", "_rebuild_tensor_v2") + arguments + Array("R".utf8)
  }

  /// A dictionary, whole.
  static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
    [0x80, 2] + Array("}(".utf8) + items.flatMap { text($0) + $1 } + Array("u.".utf8)
  }
}

/// A `.pth` file with these float32 storages.
func torchArchive(_ pickle: [UInt8], _ storages: [String: [Float]] = [:]) -> [UInt8] {
  let data = storages.sorted { $0.key < $1.key }.map { key, values in
    (name: "m/data/\(key)", bytes: values.flatMap { value in withUnsafeBytes(of: value) { [UInt8]($0) } })
  }
  return zipArchive([("m/data.pkl", pickle)] + data + [("m/byteorder", Array("little".utf8))])
}

/// A GGUF file with one tensor.
func gguf(
  version: UInt32 = 3, tensors: UInt64 = 1, pairs: UInt64 = 1, name: String = "a", sizes: [UInt64] = [4],
  type: UInt32 = 0, offset: UInt64 = 0, alignment: UInt32 = 32, data: Int = 32
) -> [UInt8] {
  var file = Bytes(bytes: Array("GGUF".utf8))
  file.add(version)
  file.add(tensors)
  file.add(pairs)
  file.addCounted("general.alignment")
  file.add(UInt32(4))
  file.add(alignment)
  file.addCounted(name)
  file.add(UInt32(sizes.count))
  for size in sizes { file.add(size) }
  file.add(type)
  file.add(offset)
  while file.bytes.count % 32 != 0 { file.add(UInt8(0)) }
  return file.bytes + [UInt8](repeating: 0, count: data)
}
