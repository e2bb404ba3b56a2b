public import Tensors

/// One file of weights, mapped, with the table of its tensors. The only place that knows container formats.
public struct WeightsFile: Sendable {
  /// How the tensors are packed into a file.
  public enum Format: String, Sendable {
    case safetensors
  }

  public let format: Format
  public let mapping: MappedFile
  /// In the order of the file.
  public let entries: [TensorEntry]
  public let metadata: [String: String]

  public var path: String { mapping.path }
  public var byteCount: Int { mapping.byteCount }

  /// Maps the file and reads its header; the weights themselves stay on disk until they are touched.
  public init(path: String) throws(CheckpointError) {
    mapping = try MappedFile(path: path)
    try Self.refuseForeignFormats(mapping)
    let header = try SafetensorsHeader(parsing: mapping.bytes, fileByteCount: mapping.byteCount, path: path)
    format = .safetensors
    entries = header.entries
    metadata = header.metadata
  }

  private static func refuseForeignFormats(_ mapping: MappedFile) throws(CheckpointError) {
    let magic = [UInt8](mapping.bytes.prefix(4))
    let suffix = mapping.path.split(separator: ".").last.map(String.init)?.lowercased() ?? ""
    if magic == Array("GGUF".utf8) || suffix == "gguf" {
      throw CheckpointError(.unsupportedFormat("GGUF is an unsupported format"), path: mapping.path)
    }
    if magic == Array("PK\u{3}\u{4}".utf8) || ["pth", "pt", "bin", "ckpt"].contains(suffix) {
      throw CheckpointError(
        .unsupportedFormat("PyTorch files hold a pickle, which can run programs, and are refused"),
        path: mapping.path)
    }
  }

  /// The tensor at `entry`, in place; a copy if the file does not align it to its type.
  public func tensor(_ entry: TensorEntry) -> Tensor {
    guard let address = mapping.address else { return Tensor(uninitialized: entry.shape, type: entry.type) }
    let storage = Storage(mapped: address, byteCount: mapping.byteCount, owner: mapping)
    let tensor = Tensor(shape: entry.shape, type: entry.type, storage: storage, byteOffset: entry.range.lowerBound)
    return entry.range.lowerBound % entry.type.byteCount == 0 ? tensor : tensor.copy()
  }
}
