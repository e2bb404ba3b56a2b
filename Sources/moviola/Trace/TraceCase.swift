import Checkpoints
import Tensors
import WanModel

/// One case of the conformance kit: a stage, its parameters and its inputs.
struct TraceCase {
  let folder: String
  let device: any Device
  private let parameters: JSON
  private let file: String

  init(folder: String, device: any Device) throws {
    self.folder = folder
    self.device = device
    file = "\(folder)/case.json"
    parameters = try JSON(file: file, part: "case")
    guard parameters.object != nil else { throw failure("it is \(parameters.kind), not an object") }
  }

  func failure(_ detail: String) -> CheckpointError {
    CheckpointError(.malformed(part: "case", detail: detail), path: file)
  }

  func string(_ key: String) throws -> String {
    guard let value = parameters[key]?.string else { throw failure("\"\(key)\" is not a string") }
    return value
  }

  /// nil if it is absent or null.
  func optionalString(_ key: String) throws -> String? { try optional(key) == nil ? nil : string(key) }

  /// nil if it is absent or null.
  func optional(_ key: String) -> JSON? {
    guard let value = parameters[key], value != .null else { return nil }
    return value
  }

  func integer(_ key: String) throws -> Int {
    guard let value = parameters[key]?.integer else { throw failure("\"\(key)\" is not an integer") }
    return value
  }

  func number(_ key: String) throws -> Double {
    guard let value = parameters[key]?.number else { throw failure("\"\(key)\" is not a number") }
    return value
  }

  /// A path relative to the folder of the case.
  func path(_ key: String) throws -> String {
    resolve(try string(key))
  }

  private func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }

  /// The optional list of LoRAs, each with path and strength.
  func loras() throws -> [AppliedLoRA] {
    guard let value = optional("loras") else { return [] }
    guard let list = value.array else { throw failure("\"loras\" is not a list") }
    return try list.map { lora in
      guard let path = lora["path"]?.string else { throw failure("a LoRA has no path") }
      return AppliedLoRA(path: resolve(path), strength: lora["strength"]?.number ?? 1)
    }
  }

  func inputs() throws -> Checkpoint { try Checkpoint(path: "\(folder)/inputs.safetensors") }

  /// An input as float32.
  func input(_ name: String, dimensions: Int) throws -> Tensor {
    try input(name, dimensions: dimensions...dimensions)
  }

  func input(_ name: String, dimensions: ClosedRange<Int>) throws -> Tensor {
    let tensor = try inputs().tensor(named: name)
    guard dimensions.contains(tensor.shape.count) else {
      throw CheckpointError(
        .badShape("\(dimensions.upperBound) dimensions are needed"), path: "\(folder)/inputs.safetensors", tensor: name)
    }
    return tensor.asFloat32()
  }
}
