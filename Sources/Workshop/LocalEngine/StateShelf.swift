import Checkpoints
public import Foundation
import Rendering
import Tensors
import WanModel

/// Half-done renders on disk. A render that was broken off, by a person, a full disk or a power cut, goes on where it
/// was when its recipe is rendered again, to the same frames.
///
/// One safetensors file for each recipe, written beside and renamed. The oldest go when there are too many.
public struct StateShelf: Sendable {
  private let folder: URL
  /// So many unfinished renders are kept.
  static let room = 8

  public init(_ folder: URL) { self.folder = folder }

  /// Where a recipe's state is kept; the file itself holds the whole recipe.
  func file(_ recipe: Recipe) throws -> URL {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
    for byte in try recipe.json().utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return folder.appending(path: String(hash, radix: 16) + ".safetensors")
  }

  /// - Throws: ``CheckpointError`` when it cannot be written; what was kept before is still there then.
  func keep(_ state: DenoisingState, of recipe: Recipe, weights: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let tensors =
      [("sample", Tensor(state.sample, shape: state.shape))]
      + state.memory.values.enumerated().map { ("memory.\($0.offset)", Tensor($0.element, shape: state.shape)) }
    var facts = [
      "recipe": try recipe.json(), "weights": weights, "steps_done": "\(state.stepsDone)",
      "last_order": "\(state.memory.lastOrder)",
    ]
    let caches = state.expert.caches.enumerated().map { StoredCache($0.element, number: $0.offset, shape: state.shape) }
    let guidance =
      state.expert.guidance.isEmpty ? [] : [("guidance", Tensor(state.expert.guidance, shape: state.shape))]
    for cache in caches { facts[cache.name] = cache.facts }
    let all = tensors + guidance + caches.flatMap(\.tensors)
    facts["sha256"] = Self.digest(all)
    try SafetensorsWriter.write(all, metadata: facts, to: try file(recipe).path(percentEncoded: false))
    tidy()
  }

  /// Of all values, whatever the order of the tensors in a file.
  private static func digest(_ tensors: [(String, Tensor)]) -> String {
    Fingerprint.of(
      texts: tensors.sorted { $0.0 < $1.0 }.flatMap { [$0.0, $0.1.withUnsafeBytes { Fingerprint.of(bytes: $0) }] })
  }

  /// - Parameter weights: asked only if something is kept of this recipe.
  /// - Returns: nil if nothing is kept of this recipe with these weights, or what is kept is damaged.
  /// - Throws: what `weights` throws.
  func find(_ recipe: Recipe, weights: @autoclosure () throws -> String, shape: [Int]) throws -> DenoisingState? {
    guard let path = try? file(recipe).path(percentEncoded: false), let json = try? recipe.json(),
      let file = try? WeightsFile(path: path),
      file.metadata["recipe"] == json, file.metadata["weights"] == (try weights()),
      let steps = file.metadata["steps_done"].flatMap({ Int($0) }),
      let order = file.metadata["last_order"].flatMap({ Int($0) }),
      let caches = StoredCache.memories(in: file, shape: shape),
      file.metadata["sha256"] == Self.digest(file.entries.map { ($0.name, file.tensor($0)) })
    else { return nil }
    let entries = file.entries.filter { !StoredCache.owns($0.name) }
    guard entries.allSatisfy({ $0.shape == shape && $0.type == .float32 }) else { return nil }
    var arrays = Dictionary(entries.map { ($0.name, file.tensor($0).floats()) }) { first, _ in first }
    guard let sample = arrays.removeValue(forKey: "sample") else { return nil }
    let guidance = arrays.removeValue(forKey: "guidance") ?? []
    let values = (0..<arrays.count).compactMap { arrays["memory.\($0)"] }
    guard values.count == arrays.count, ([sample, guidance] + values).allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      return nil
    }
    let memory = SamplerMemory(stepIndex: steps, lastOrder: order, values: values)
    return DenoisingState(
      shape: shape, sample: sample, memory: memory, expert: ExpertMemory(caches: caches, guidance: guidance))
  }

  func remove(_ recipe: Recipe) {
    if let file = try? file(recipe) { try? FileManager.default.removeItem(at: file) }
  }

  private func tidy() {
    let keys: Set<URLResourceKey> = [.contentModificationDateKey]
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys))
    func age(_ file: URL) -> Date { (try? file.resourceValues(forKeys: keys).contentModificationDate) ?? .distantPast }
    for file in (files ?? []).sorted(by: { age($0) > age($1) }).dropFirst(Self.room) {
      try? FileManager.default.removeItem(at: file)
    }
  }
}
