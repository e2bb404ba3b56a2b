import Tensors

/// A low-rank adaptation: what a small file adds to some tensors of a model.
///
///     let lora = try LoRA(path: "lightning-high.safetensors")
///     let checkpoint = try checkpoint.adding(lora, strength: 0.8)
///
/// Names as ComfyUI and lightx2v write them (`diffusion_model.blocks.0.ffn.0.lora_down.weight`, `.alpha`, `.diff`,
/// `.diff_b`, `.diff_m`), as PEFT does (`transformer.blocks.0.attn1.to_q.lora_A.weight`), or as kohya's scripts do
/// (`lora_unet_blocks_0_ffn_0.lora_down.weight`). A weight becomes W + strength · alpha / rank · up · down.
public struct LoRA: Sendable {
  public let checkpoint: Checkpoint
  public var path: String { checkpoint.path }

  public init(path: String) throws(CheckpointError) {
    checkpoint = try Checkpoint(path: path)
    guard Self.isLoRA(checkpoint) else {
      throw CheckpointError(.foreignLoRA(detail: "it holds no tensor that a LoRA consists of"), path: path)
    }
  }

  /// Whether the names are those of a LoRA.
  public static func isLoRA(_ checkpoint: Checkpoint) -> Bool {
    checkpoint.names.contains { name in Part.suffixes.contains { name.hasSuffix($0.suffix) } }
  }

  /// One addition to one tensor, in the names of the LoRA's file.
  struct Change: Sendable {
    enum Kind: Sendable, Hashable {
      case lowRank(up: String, down: String)
      case full(String)
    }
    let lora: Checkpoint
    let kind: Kind
    let factor: Float
  }

  /// What a tensor of the file is for.
  enum Part: Hashable {
    case up, down, alpha
    /// Is added to the tensor that has this last word.
    case difference(of: String)

    static let suffixes: [(suffix: String, part: Part)] = [
      (".lora_up.weight", .up), (".lora_B.weight", .up), (".lora_B.default.weight", .up),
      (".lora_down.weight", .down), (".lora_A.weight", .down), (".lora_A.default.weight", .down),
      (".alpha", .alpha), (".diff", .difference(of: "weight")), (".diff_b", .difference(of: "bias")),
      (".diff_m", .difference(of: "scale_shift_table")),
    ]
  }

  /// The tensors that belong to one module, by what they are for.
  private struct Module {
    var names: [Part: String] = [:]
  }
}

extension LoRA {
  /// What this adds to each tensor of `base`.
  /// - Throws: ``CheckpointError`` listing tensors that match nothing, or naming one of another shape.
  func changes(to base: Checkpoint, table: NameTable, strength: Double) throws(CheckpointError) -> [String: [Change]] {
    var changes: [String: [Change]] = [:]
    for (module, found) in try modules(in: base, table).sorted(by: { $0.key < $1.key }) {
      for (part, name) in found.names.sorted(by: { $0.value < $1.value }) {
        switch part {
        case .difference(let leaf):
          let change = Change(lora: checkpoint, kind: .full(name), factor: Float(strength))
          changes[try fitting(change, "\(module).\(leaf)", base, name), default: []].append(change)
        case .down:
          let change = try lowRank(found, down: name, strength)
          changes[try fitting(change, "\(module).weight", base, name), default: []].append(change)
        case .up:
          guard found.names[.down] != nil else { throw failure("it has an up matrix without its down matrix", name) }
        case .alpha:
          guard found.names[.down] != nil else { throw failure("it has an alpha without its matrices", name) }
        }
      }
    }
    return changes
  }

  private func failure(_ detail: String, _ name: String? = nil) -> CheckpointError {
    CheckpointError(.foreignLoRA(detail: detail), path: path, tensor: name)
  }

  /// Sorts all tensors by our name of the module that they change.
  private func modules(in base: Checkpoint, _ table: NameTable) throws(CheckpointError) -> [String: Module] {
    let aliases = Self.aliases(base, table)
    var modules: [String: Module] = [:]
    var unmatched: [String] = []
    for name in checkpoint.names {
      guard let (alias, part) = Self.part(name), let module = aliases[alias] else {
        unmatched.append(name)
        continue
      }
      guard modules[module, default: Module()].names.updateValue(name, forKey: part) == nil else {
        throw failure("it has two of this kind", name)
      }
    }
    guard unmatched.isEmpty else { throw failure(Self.list(unmatched, of: checkpoint.names.count)) }
    return modules
  }

  private static func list(_ unmatched: [String], of count: Int) -> String {
    let shown = unmatched.prefix(8).map { $0.printable(limit: 80) }.joined(separator: ", ")
    let rest = unmatched.count > 8 ? " and \(unmatched.count - 8) more" : ""
    return "\(unmatched.count) of its \(count) tensors match nothing in it: \(shown)\(rest)"
  }

  private static let prefixes = [
    "model.diffusion_model.", "diffusion_model.", "base_model.model.", "transformer.", "unet.", "lora_unet_",
  ]

  private static func part(_ name: String) -> (alias: String, part: Part)? {
    guard let (suffix, part) = Part.suffixes.first(where: { name.hasSuffix($0.suffix) }) else { return nil }
    var module = name.dropLast(suffix.count)
    for prefix in prefixes where module.hasPrefix(prefix) { module = module.dropFirst(prefix.count) }
    return (String(module), part)
  }

  /// Every name by which a LoRA may call a module of `base` → our name for it.
  private static func aliases(_ base: Checkpoint, _ table: NameTable) -> [String: String] {
    var aliases: [String: String] = [:]
    for name in base.names {
      let module = withoutLeaf(name)
      for alias in [module, withoutLeaf(table.theirs(name) ?? name)] {
        aliases[alias] = module
        aliases[alias.replacing(".", with: "_")] = module
      }
    }
    return aliases
  }

  private static func withoutLeaf(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
  }

  private func lowRank(_ module: Module, down: String, _ strength: Double) throws(CheckpointError) -> Change {
    guard let up = module.names[.up] else { throw failure("it has a down matrix without its up matrix", down) }
    let shapes = try (checkpoint.tensor(named: up).shape, checkpoint.tensor(named: down).shape)
    guard shapes.0.count >= 2, shapes.1.count >= 2, let rank = shapes.1.first, rank > 0,
      shapes.0[1...].reduce(1, *) == rank
    else { throw failure("shapes \(shapes.0.brief) and \(shapes.1.brief) are no product", down) }
    var factor = strength
    if let name = module.names[.alpha] {
      let alpha = try checkpoint.tensor(named: name)
      guard alpha.elementCount == 1, let value = alpha.floats().first, value.isFinite else {
        throw failure("alpha is not one finite number", name)
      }
      factor *= Double(value) / Double(rank)
    }
    return Change(lora: checkpoint, kind: .lowRank(up: up, down: down), factor: Float(factor))
  }

  /// The name of the tensor in `base`, if it has the shape that the change needs.
  private func fitting(_ change: Change, _ name: String, _ base: Checkpoint, _ own: String) throws(CheckpointError)
    -> String
  {
    let name = name.hasPrefix(".") ? String(name.dropFirst()) : name
    guard let shape = base.entry(named: name)?.shape else {
      throw failure("1 of its tensors matches nothing: the model has no \(base.fileName(of: name).printable())", own)
    }
    let found = try change.shape()
    guard found == change.expectedShape(shape) else {
      throw failure("it changes \(found.brief) where the model has \(shape.brief)", own)
    }
    return name
  }
}

extension LoRA.Change {
  /// [out, in] of a product, the number of values of a difference.
  fileprivate func shape() throws(CheckpointError) -> [Int] {
    switch kind {
    case .lowRank(let up, let down):
      let (up, down) = try (lora.tensor(named: up).shape, lora.tensor(named: down).shape)
      return [up[0], down[1...].reduce(1, *)]
    case .full(let name): return [try lora.tensor(named: name).elementCount]
    }
  }

  fileprivate func expectedShape(_ shape: [Int]) -> [Int] {
    switch kind {
    case .lowRank: shape.count < 2 ? [] : [shape[0], shape[1...].reduce(1, *)]
    case .full: [shape.reduce(1, *)]
    }
  }

  /// The matrices themselves, for a weight of this shape, which ``LoRA/changes(to:table:strength:)`` has checked.
  func weightChange(_ shape: [Int]) -> WeightChange? {
    switch kind {
    case .lowRank(let upName, let downName):
      guard let up = try? lora.tensor(named: upName), let down = try? lora.tensor(named: downName) else { return nil }
      let rank = down.shape[0]
      return .lowRank(up: up.reshaped([shape[0], rank]), down: down.reshaped([rank, shape[1]]), factor: factor)
    case .full(let name):
      return (try? lora.tensor(named: name)).map { .full($0.reshaped(shape), factor: factor) }
    }
  }
}

extension Checkpoint {
  /// The same tensors with what a LoRA adds to them.
  ///
  /// - Parameter table: the official names of this part, which LoRAs use.
  /// - Throws: ``CheckpointError`` if the LoRA belongs to another model; every tensor that matches nothing is listed.
  public func adding(_ lora: LoRA, strength: Double, table: NameTable = .transformer) throws(CheckpointError)
    -> Checkpoint
  {
    var result = self
    result.changes.merge(try lora.changes(to: self, table: table, strength: strength)) { $0 + $1 }
    return result
  }
}
