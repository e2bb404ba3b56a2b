public import Tensors

extension Checkpoint {
  /// The same tensors under the names that the layers ask for, whatever the file calls them.
  ///
  ///     let checkpoint = try Checkpoint(path: "wan-fp8.safetensors").renamed(by: .transformer)
  ///     checkpoint.contains("blocks.0.attn1.to_q.weight")    // "model.diffusion_model.blocks.0.self_attn.q.weight"
  ///
  /// A prefix goes; names that are not in the table stay. The companions of 8-bit weights (scales, markers) are taken
  /// out of the list: a scale is applied when its weight is read.
  public func renamed(by table: NameTable) throws(CheckpointError) -> Checkpoint {
    var result = self
    (result.places, result.fileNames, result.scales) = ([:], [:], [:])
    let prefix = Self.prefixes.first { prefix in places.keys.contains { $0.hasPrefix(prefix) } } ?? ""
    for (name, place) in places.sorted(by: { $0.key < $1.key }) {
      let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
      switch Companion(of: short) {
      case .none:
        let ours = table.ours(short) ?? short
        guard result.places.updateValue(place, forKey: ours) == nil else { throw failure(.duplicate, name, place) }
        if ours != name { result.fileNames[ours] = name }
      case .scale(let weight):
        try checkScale(name, place)
        result.scales[table.ours(weight) ?? weight] = place
      case .format: try checkFormat(name, place)
      case .ignored: break
      }
    }
    try result.checkThatScalesHaveWeights()
    result.nameMissing(by: table, prefix)
    return result
  }

  private static let prefixes = ["model.diffusion_model.", "diffusion_model."]

  private func failure(_ cause: CheckpointError.Cause, _ name: String, _ place: Place) -> CheckpointError {
    CheckpointError(cause, path: files[place.file].path, tensor: name)
  }

  private func checkScale(_ name: String, _ place: Place) throws(CheckpointError) {
    let entry = files[place.file].entries[place.entry]
    guard entry.elementCount == 1, entry.type.isFloatingPoint else {
      throw failure(
        .badScale("has shape \(entry.shape.brief), and only one scale for a matrix is supported"), name, place)
    }
  }

  /// `comfy_quant` is a JSON object that says how a layer is packed.
  private func checkFormat(_ name: String, _ place: Place) throws(CheckpointError) {
    let entry = files[place.file].entries[place.entry]
    guard entry.type.block.bytes == 1, entry.range.count <= 65_536 else {
      throw failure(.badScale("is no description of a layer's format"), name, place)
    }
    let bytes = tensor(at: place).withUnsafeBytes { [UInt8]($0) }
    guard let format = (try? JSON(parsing: bytes))?["format"]?.string else {
      throw failure(.badScale("is no description of a layer's format"), name, place)
    }
    guard ["float8_e4m3fn", "float8_e5m2"].contains(format) else {
      throw failure(.unsupportedType(format), name, place)
    }
  }

  private func checkThatScalesHaveWeights() throws(CheckpointError) {
    guard let (name, place) = scales.filter({ places[$0.key] == nil }).min(by: { $0.key < $1.key }) else { return }
    throw failure(.badScale("is a scale, but its weight is missing"), fileName(of: name), place)
  }

  /// So that a tensor that is not there is missed under the name that it has in such files.
  private mutating func nameMissing(by table: NameTable, _ prefix: String) {
    let translated = fileNames.contains { ours, original in original != prefix + ours }
    missing = translated || !prefix.isEmpty ? MissingNames(table: table, prefix: prefix) : nil
  }
}

/// What stands beside a weight in 8-bit files of ComfyUI.
private enum Companion {
  case none, ignored
  /// The scale of the tensor of this name.
  case scale(String)
  case format

  init(of name: String) {
    let whole = ["scaled_fp8", "spiece_model"]
    if whole.contains(name) {
      self = .ignored
      return
    }
    guard let dot = name.lastIndex(of: ".") else {
      self = .none
      return
    }
    switch name[name.index(after: dot)...] {
    case "scale_weight", "weight_scale": self = .scale("\(name[..<dot]).weight")
    case "scale_input", "input_scale": self = .ignored
    case "comfy_quant": self = .format
    default: self = .none
    }
  }
}

// MARK: - Values

extension Checkpoint {
  /// A matrix with its scale and what LoRAs add to it; sizes after the first count as one.
  ///
  /// - Parameter shape: as it must be in the file.
  /// - Throws: ``CheckpointError`` if it is missing or has another shape.
  public func weight(named name: String, shape: [Int], bias: Tensor? = nil) throws(CheckpointError) -> Weight {
    matrix(name, try tensor(named: name, shape: shape), bias)
  }

  /// Whether a scale or a LoRA makes the values others than those in the file.
  public func isChanged(_ name: String) -> Bool { scales[name] != nil || changes[name] != nil }

  /// A tensor's values with its scale and what LoRAs add to it; where it lies if there is neither.
  public func values(named name: String) throws(CheckpointError) -> Tensor {
    let stored = try tensor(named: name)
    guard isChanged(name) else { return stored }
    let rows = stored.shape.first ?? 1
    return matrix(name, stored, nil).expandedRows(0..<(stored.shape.count < 2 ? 1 : rows)).reshaped(stored.shape)
  }

  /// A vector counts as one row.
  private func matrix(_ name: String, _ stored: Tensor, _ bias: Tensor?) -> Weight {
    let rows = stored.shape.count < 2 ? 1 : stored.shape[0]
    let columns = stored.shape.count < 2 ? stored.elementCount : stored.shape.dropFirst().reduce(1, *)
    let shape = [rows, columns]
    return Weight(
      stored.reshaped(shape), bias: bias, scale: scales[name].map { tensor(at: $0).floats()[0] } ?? 1,
      changes: (changes[name] ?? []).compactMap { $0.weightChange(shape) })
  }
}
