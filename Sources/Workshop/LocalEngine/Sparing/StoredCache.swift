import Checkpoints
import Tensors
import WanModel

/// What a step cache remembers, as tensors and a line of metadata in the file of a half-done render.
struct StoredCache {
  let name: String
  /// "run timestep timestep": numbers parted by spaces, exact.
  let facts: String
  let tensors: [(name: String, tensor: Tensor)]

  private static let prefix = "cache."

  /// - Parameter shape: of a flow.
  init(_ memory: StepCache.Memory, number: Int, shape: [Int]) {
    let name = Self.prefix + "\(number)"
    self.name = name
    facts = (["\(memory.run)"] + memory.timesteps.map { "\($0)" }).joined(separator: " ")
    let first = memory.first.isEmpty ? [] : [("\(name).first", Tensor(memory.first, shape: [memory.first.count]))]
    tensors = first + memory.flows.enumerated().map { ("\(name).flow.\($0.offset)", Tensor($0.element, shape: shape)) }
  }

  static func owns(_ tensor: String) -> Bool { tensor.hasPrefix(prefix) }

  /// All caches of a file, in order.
  /// - Returns: nil if one is damaged.
  static func memories(in file: WeightsFile, shape: [Int]) -> [StepCache.Memory]? {
    var tensors = Dictionary(file.entries.filter { owns($0.name) }.map { ($0.name, $0) }) { first, _ in first }
    func values(_ name: String, _ fits: ([Int]) -> Bool) -> [Float]? {
      guard let entry = tensors.removeValue(forKey: name), entry.type == .float32, fits(entry.shape) else { return nil }
      let values = file.tensor(entry).floats()
      return values.allSatisfy(\.isFinite) ? values : nil
    }
    var memories: [StepCache.Memory] = []
    while let facts = file.metadata[prefix + "\(memories.count)"] {
      let name = prefix + "\(memories.count)"
      let words = facts.split(separator: " ")
      let timesteps = words.dropFirst().compactMap { Double($0) }.filter(\.isFinite)
      guard let run = words.first.flatMap({ Int($0) }), run >= 0, timesteps.count == words.count - 1,
        timesteps.count <= 2
      else { return nil }
      var memory = StepCache.Memory(timesteps: timesteps, run: run)
      if !timesteps.isEmpty {
        guard let first = values("\(name).first", { $0.count == 1 }) else { return nil }
        memory.first = first
      }
      for index in timesteps.indices {
        guard let flow = values("\(name).flow.\(index)", { $0 == shape }) else { return nil }
        memory.flows.append(flow)
      }
      memories.append(memory)
    }
    return tensors.isEmpty ? memories : nil
  }
}
