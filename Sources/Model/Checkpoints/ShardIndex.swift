/// The `*.safetensors.index.json` of a checkpoint that is split into shards: which tensor is in which file.
public struct ShardIndex: Hashable, Sendable {
  /// Largest index that is read, in bytes.
  static let maximumByteCount = 64 << 20

  public let path: String
  /// Shard's file name → names of its tensors.
  public let shards: [String: Set<String>]

  /// - Throws: ``CheckpointError`` if it is not such an index, or names a shard outside its own folder.
  public init(path: String) throws(CheckpointError) {
    let json = try JSON(file: path, part: "index", limit: Self.maximumByteCount)
    try self.init(json, path: path)
  }

  public init(_ json: JSON, path: String) throws(CheckpointError) {
    guard let map = json["weight_map"]?.object else {
      throw CheckpointError(.malformed(part: "index", detail: "it has no \"weight_map\" object"), path: path)
    }
    var shards: [String: Set<String>] = [:]
    for (tensor, value) in map.sorted(by: { $0.key < $1.key }) {
      guard let shard = value.string else {
        throw CheckpointError(
          .malformed(part: "index", detail: "its shard is not a string"), path: path, tensor: tensor)
      }
      guard Self.isPlainFileName(shard) else { throw CheckpointError(.badShardName(shard), path: path, tensor: tensor) }
      shards[shard, default: []].insert(tensor)
    }
    guard !shards.isEmpty else {
      throw CheckpointError(.malformed(part: "index", detail: "its \"weight_map\" is empty"), path: path)
    }
    self.path = path
    self.shards = shards
  }

  /// A name that cannot lead out of the folder.
  static func isPlainFileName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
  }
}
