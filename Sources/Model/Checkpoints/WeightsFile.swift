public import Tensors

/// One file of weights, mapped, with the table of its tensors. The only place that knows container formats.
public struct WeightsFile: Sendable {
  /// How the tensors are packed into a file.
  public enum Format: String, Sendable {
    case safetensors, gguf
    /// PyTorch's zip archives.
    case torch
  }

  public let format: Format
  public let mapping: MappedFile
  /// In the order of the file.
  public let entries: [TensorEntry]
  public let metadata: [String: String]
  /// Of a GGUF file: its lists, unread.
  public let lists: [String: GGUFList]

  public var path: String { mapping.path }
  public var byteCount: Int { mapping.byteCount }

  /// Maps the file and reads its header; the weights themselves stay on disk until they are touched.
  public init(path: String) throws(CheckpointError) {
    mapping = try MappedFile(path: path)
    format = try Self.format(of: mapping)
    switch format {
    case .safetensors:
      let header = try SafetensorsHeader(parsing: mapping.bytes, fileByteCount: mapping.byteCount, path: path)
      (entries, metadata, lists) = (header.entries, header.metadata, [:])
    case .gguf:
      let header = try GGUFHeader(parsing: mapping.bytes, path: path)
      (entries, metadata, lists) = (header.entries, header.metadata, header.lists)
    case .torch:
      (entries, metadata, lists) = (try TorchArchive(parsing: mapping.bytes, path: path).entries, [:], [:])
    }
  }

  private init(_ file: WeightsFile, mapping: MappedFile) {
    (format, self.mapping, entries, metadata, lists) = (
      file.format, mapping, file.entries, file.metadata, file.lists
    )
  }

  /// The same table over zeros that take no memory.
  func hollow() throws(CheckpointError) -> WeightsFile {
    WeightsFile(self, mapping: try MappedFile(hollow: mapping))
  }

  /// What the file begins with counts; its name only where that says nothing.
  private static func format(of mapping: MappedFile) throws(CheckpointError) -> Format {
    let magic = [UInt8](mapping.bytes.prefix(4))
    let suffix = mapping.path.split(separator: ".").last.map(String.init)?.lowercased() ?? ""
    if mapping.byteCount == 0 { throw CheckpointError(.empty, path: mapping.path) }
    if mapping.byteCount < 1024, mapping.bytes.starts(with: Array("version https://git-lfs".utf8)) {
      throw CheckpointError(.lfsPointer(byteCount: mapping.byteCount), path: mapping.path)
    }
    if magic == Array("GGUF".utf8) || suffix == "gguf" { return .gguf }
    if magic == Array("PK\u{3}\u{4}".utf8) { return .torch }
    if ["pth", "pt", "bin", "ckpt"].contains(suffix) {
      throw CheckpointError(
        .unsupportedFormat(
          "is not a zip archive, as PyTorch has written since version 1.6; a legacy pickle can run programs and is "
            + "refused"), path: mapping.path)
    }
    return .safetensors
  }

  /// The tensor at `entry`, in place; a copy if the file does not align it to its type.
  public func tensor(_ entry: TensorEntry) -> Tensor {
    guard let address = mapping.address else { return Tensor(uninitialized: entry.shape, type: entry.type) }
    let storage = Storage(mapped: address, byteCount: mapping.byteCount, owner: mapping)
    let tensor = Tensor(shape: entry.shape, type: entry.type, storage: storage, byteOffset: entry.range.lowerBound)
    return entry.range.lowerBound % entry.type.alignment == 0 ? tensor : tensor.copy()
  }
}
