import Tensors
import Testing

@testable import Checkpoints

@Suite struct LoRATests {
  private let folder: TemporaryFolder
  private let base: Checkpoint

  init() throws {
    folder = try TemporaryFolder()
    let path = folder.path + "/base.safetensors"
    try SafetensorsWriter.write(
      [
        ("blocks.0.ffn.0.weight", Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])),
        ("blocks.0.ffn.0.bias", Tensor([10, 20], shape: [2])), ("blocks.0.norm3.weight", Tensor([1, 1], shape: [2])),
        ("blocks.0.modulation", Tensor([0, 0], shape: [1, 1, 2])),
      ], to: path)
    base = try Checkpoint(path: path).renamed(by: .transformer)
  }

  private let weight = "blocks.0.ffn.net.0.proj.weight"
  private let down = Tensor([1, 0, 2, 0, 1, 1], shape: [2, 3])
  private let up = Tensor([1, 2, 0, -1], shape: [2, 2])
  /// up · down
  private let product: [Float] = [1, 2, 4, 0, -1, -1]

  private func lora(_ tensors: [(name: String, tensor: Tensor)], _ name: String = "lora") throws -> LoRA {
    let path = folder.path + "/\(name).safetensors"
    try SafetensorsWriter.write(tensors, to: path)
    return try LoRA(path: path)
  }

  private func values(_ checkpoint: Checkpoint) throws -> [Float] {
    try checkpoint.weight(named: weight, shape: [2, 3]).expandedRows(0..<2).floats()
  }

  private func expected(_ factor: Float) -> [Float] { zip([1, 2, 3, 4, 5, 6], product).map { $0 + factor * $1 } }

  @Test(arguments: [
    ("diffusion_model.blocks.0.ffn.0.", "lora_down", "lora_up"), ("lora_unet_blocks_0_ffn_0.", "lora_down", "lora_up"),
    ("transformer.blocks.0.ffn.net.0.proj.", "lora_A", "lora_B"),
    ("base_model.model.blocks.0.ffn.0.", "lora_A.default", "lora_B.default"),
  ])
  func everySpellingIsUnderstood(_ module: String, _ a: String, _ b: String) throws {
    let lora = try lora([("\(module)\(a).weight", down), ("\(module)\(b).weight", up)])
    #expect(try values(base.adding(lora, strength: 0.5)) == expected(0.5))
  }

  @Test func alphaIsDividedByTheRankAndSeveralAddUp() throws {
    let module = "diffusion_model.blocks.0.ffn.0."
    let first = try lora([
      (module + "lora_down.weight", down), (module + "lora_up.weight", up),
      (module + "alpha", Tensor([8], shape: [])),
    ])
    #expect(try values(base.adding(first, strength: 0.5)) == expected(2))
    let second = try lora([(module + "lora_A.weight", down), (module + "lora_B.weight", up)], "second")
    let both = try base.adding(first, strength: 0.5).adding(second, strength: -3)
    #expect(try values(both) == expected(-1))
    #expect(try both.weight(named: weight, shape: [2, 3]).expandedRows(1..<2).floats() == Array(expected(-1)[3...]))
  }

  @Test func differencesAreAddedToWeightsBiasesAndModulation() throws {
    let lora = try lora([
      ("diffusion_model.blocks.0.norm3.diff", Tensor([1, 2], shape: [2])),
      ("diffusion_model.blocks.0.ffn.0.diff_b", Tensor([4, 8], shape: [2])),
      ("diffusion_model.blocks.0.ffn.0.diff", Tensor(product, shape: [2, 3])),
      ("diffusion_model.blocks.0.diff_m", Tensor([6, 7], shape: [1, 1, 2])),
    ])
    let changed = try base.adding(lora, strength: 0.5)
    #expect(try changed.values(named: "blocks.0.norm2.weight").floats() == [1.5, 2])
    #expect(try changed.values(named: "blocks.0.ffn.net.0.proj.bias").floats() == [12, 24])
    #expect(try values(changed) == expected(0.5))
    #expect(try changed.values(named: "blocks.0.scale_shift_table").floats() == [3, 3.5])
    #expect(try values(base) == [1, 2, 3, 4, 5, 6], "the base stays as it is")
  }

  private func complaint(_ tensors: [(name: String, tensor: Tensor)]) throws -> String? {
    let lora = try lora(tensors)
    return #expect(throws: CheckpointError.self) { try base.adding(lora, strength: 1) }?.description
  }

  @Test func whatDoesNotFitIsListed() throws {
    let module = "diffusion_model.blocks.0.ffn.0."
    let foreign = try complaint([
      (module + "diff_b", Tensor([1, 1], shape: [2])),
      ("diffusion_model.blocks.7.ffn.0.diff_b", Tensor([1], shape: [1])),
      ("diffusion_model.img_emb.proj.diff", Tensor([1], shape: [1])), (module + "dora_scale", Tensor([1], shape: [1])),
    ])
    #expect(foreign?.contains("3 of its 4 tensors match nothing") == true)
    #expect(foreign?.contains("blocks.7.ffn.0.diff_b") == true && foreign?.contains("dora_scale") == true)
    let wide = try complaint([
      (module + "lora_down.weight", Tensor([1, 2, 3, 4], shape: [1, 4])),
      (module + "lora_up.weight", Tensor([1, 2], shape: [2, 1])),
    ])
    #expect(wide?.contains("changes [2, 4] where the model has [2, 3]") == true)
    #expect(try complaint([(module + "lora_down.weight", down)])?.contains("without its up matrix") == true)
    #expect(try complaint([(module + "lora_up.weight", up)])?.contains("without its down matrix") == true)
    #expect(try complaint([(module + "alpha", up)])?.contains("without its matrices") == true)
    #expect(
      try complaint([(module + "lora_down.weight", down), (module + "lora_up.weight", down)])?
        .contains("are no product") == true)
  }

  @Test func aModelIsNoLoRA() {
    #expect(throws: CheckpointError.self) { try LoRA(path: base.path) }
  }
}
