import Foundation
public import Tensors

/// The named tensors of one component: a file, or a folder of shards with their index.
///
///     let checkpoint = try Checkpoint(path: "wan/transformer")
///     try checkpoint.verify(against: configuration.expectedTensors)
///     let weight = try checkpoint.tensor(named: "proj_out.weight", shape: [64, 5120])
///
/// Files are mapped and their headers checked when it is opened; a weight is read from disk when it is touched.
public struct Checkpoint: Sendable {
  /// The file or folder, as the user named it.
  public let path: String
  /// One file, or the shards in the order of their names.
  public private(set) var files: [WeightsFile]
  var places: [String: Place]
  /// Name of a tensor → its name in the file, where ``renamed(by:)`` has changed it.
  var fileNames: [String: String] = [:]
  /// Name of a matrix → the one number that all its values are multiplied with.
  var scales: [String: Place] = [:]
  /// Name of a tensor → what LoRAs add to it.
  var changes: [String: [LoRA.Change]] = [:]

  /// What such files call tensors that this one lacks.
  var missing: MissingNames?

  struct MissingNames: Sendable {
    var table: NameTable
    var prefix: String
  }

  struct Place: Hashable, Sendable {
    var file: Int
    var entry: Int
  }

  /// Opens a weights file, a shard index, or a folder that holds one of them.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    let found = try Self.resolve(path)
    if found.hasSuffix(Self.indexSuffix) {
      let index = try ShardIndex(path: found)
      files = try Self.openShards(of: index)
      places = try Self.places(files, index)
    } else {
      files = [try WeightsFile(path: found)]
      places = Self.places(files)
    }
  }

  static let indexSuffix = ".safetensors.index.json"

  /// All names, sorted.
  public var names: [String] { places.keys.sorted() }

  /// Bytes of all files together.
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// Values in all tensors together.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.elementCount } }

  /// All tensors under their names here, file by file in the order of their data.
  public var entries: [TensorEntry] {
    let sorted = places.sorted { ($0.value.file, $0.value.entry) < ($1.value.file, $1.value.entry) }
    return sorted.map { name, place in
      var entry = files[place.file].entries[place.entry]
      entry.name = name
      return entry
    }
  }

  public func contains(_ name: String) -> Bool { places[name] != nil }

  /// Shape and type of a tensor, without touching its values.
  public func entry(named name: String) -> TensorEntry? {
    places[name].map { files[$0.file].entries[$0.entry] }
  }

  /// The file that holds the tensor.
  public func file(of name: String) -> WeightsFile? { places[name].map { files[$0.file] } }

  /// What the file calls a tensor, for messages.
  public func fileName(of name: String) -> String {
    if places[name] != nil { return fileNames[name] ?? name }
    return missing.map { $0.prefix + ($0.table.theirs(name) ?? name) } ?? name
  }

  /// The same names, shapes and types, but every value is zero and takes no memory: for rehearsals.
  public func hollow() throws(CheckpointError) -> Checkpoint {
    var result = self
    var hollow: [WeightsFile] = []
    for file in files { hollow.append(try file.hollow()) }
    result.files = hollow
    return result
  }

  func tensor(at place: Place) -> Tensor { files[place.file].tensor(files[place.file].entries[place.entry]) }

  /// The tensor as it lies on disk, in its own type, without scale and LoRAs.
  /// - Throws: ``CheckpointError`` if there is none of this name.
  public func tensor(named name: String) throws(CheckpointError) -> Tensor {
    guard let place = places[name] else {
      throw CheckpointError(.missing(others: 0), path: path, tensor: fileName(of: name))
    }
    return tensor(at: place)
  }

  /// The same, if it has this shape.
  public func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> Tensor {
    let tensor = try tensor(named: name)
    guard tensor.shape == shape else {
      throw CheckpointError(
        .wrongShape(found: tensor.shape, expected: shape, others: 0), path: file(of: name)?.path ?? path,
        tensor: fileName(of: name))
    }
    return tensor
  }
}

// MARK: - Opening

extension Checkpoint {
  private static func resolve(_ path: String) throws(CheckpointError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CheckpointError(.notFound, path: path)
    }
    return isFolder.boolValue ? try weights(inFolder: path) : path
  }

  /// The index, or else the only weights file, of a folder.
  private static func weights(inFolder folder: String) throws(CheckpointError) -> String {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw CheckpointError(.unreadable(reason: "the folder cannot be listed"), path: folder)
    }
    let candidates =
      names.contains { $0.hasSuffix(indexSuffix) }
      ? names.filter { $0.hasSuffix(indexSuffix) } : names.filter { $0.hasSuffix(".safetensors") }
    let usual = ["diffusion_pytorch_model.safetensors", "model.safetensors"].flatMap { [$0 + ".index.json", $0] }
    guard let first = usual.first(where: candidates.contains) ?? candidates.first else {
      throw CheckpointError(.noWeights, path: folder)
    }
    guard candidates.count == 1 || usual.contains(first) else {
      throw CheckpointError(.ambiguousWeights(names: candidates), path: folder)
    }
    return folder + "/" + first
  }

  /// The files that a checkpoint at this place consists of: one, or the index and its shards, there or not. None is
  /// opened but the index.
  /// - Throws: ``CheckpointError`` if there is no such place, or the index is damaged.
  public static func filePaths(of path: String) throws(CheckpointError) -> [String] {
    let found = try resolve(path)
    guard found.hasSuffix(indexSuffix) else { return [found] }
    let index = try ShardIndex(path: found)
    let folder = index.path.lastIndex(of: "/").map { String(index.path[...$0]) } ?? ""
    return [found] + index.shards.keys.sorted().map { folder + $0 }
  }

  private static func openShards(of index: ShardIndex) throws(CheckpointError) -> [WeightsFile] {
    let folder = index.path.lastIndex(of: "/").map { String(index.path[...$0]) } ?? ""
    var files: [WeightsFile] = []
    for (name, tensors) in index.shards.sorted(by: { $0.key < $1.key }) {
      do {
        files.append(try WeightsFile(path: folder + name))
      } catch  where error.cause == .notFound {
        throw CheckpointError(.missingShard(name: name, tensorCount: tensors.count), path: index.path)
      }
    }
    return files
  }

  /// Where every tensor is. Tensors of a shard that the index does not know count too, so that
  /// ``verify(against:optional:)`` can report them.
  private static func places(_ files: [WeightsFile], _ index: ShardIndex? = nil) -> [String: Place] {
    var places: [String: Place] = [:]
    for (fileNumber, file) in files.enumerated() {
      for (entryNumber, entry) in file.entries.enumerated() where places[entry.name] == nil {
        places[entry.name] = Place(file: fileNumber, entry: entryNumber)
      }
    }
    return places
  }

  private static func places(_ files: [WeightsFile], _ index: ShardIndex) throws(CheckpointError) -> [String: Place] {
    var places = places(files)
    for (fileNumber, file) in files.enumerated() {
      let numbers = Dictionary(
        uniqueKeysWithValues: file.entries.enumerated().map { ($0.element.name, $0.offset) })
      let shard = file.path.split(separator: "/").last.map(String.init) ?? file.path
      for name in (index.shards[shard] ?? []).sorted() {
        guard let entryNumber = numbers[name] else { throw CheckpointError(.notInShard, path: file.path, tensor: name) }
        places[name] = Place(file: fileNumber, entry: entryNumber)
      }
    }
    return places
  }
}
