import Checkpoints
import Foundation
import GoldenModel
import Rendering
import Tensors
import Testing
import WanModel

@testable import LocalEngine

/// A NaN in the weights is found where it shows, and traced back to its file and tensor.
@Suite struct DamagedWeightsTests {
  @Test(arguments: [
    ("text_encoder/model.safetensors", "encoder.block.1.layer.0.SelfAttention.q.weight"),
    ("transformer/diffusion_pytorch_model.safetensors", "blocks.1.ffn.net.2.weight"),
    ("transformer_2/diffusion_pytorch_model.safetensors", "proj_out.bias"),
    ("vae/diffusion_pytorch_model.safetensors", "decoder.conv_out.weight"),
  ])
  func theTensorWithNaNIsNamed(_ file: String, _ tensor: String) async throws {
    let error = try await failure(file, tensor, [.nan])
    #expect(error?.code == .badModel)
    #expect(error?.what.contains(file) == true && error?.what.contains(tensor) == true)
  }

  /// Weights that are finite, and too large for the sums.
  @Test(arguments: ["transformer", "transformer_2"])
  func theLayerWhereSumsOverflowIsNamed(_ component: String) async throws {
    let file = "\(component)/diffusion_pytorch_model.safetensors"
    let error = try await failure(file, "blocks.1.ffn.net.2.weight", [Float](repeating: 3e38, count: 64))
    #expect(error?.code == .numerics)
    let what = error?.what ?? ""
    #expect(what.contains("(\(component)), block 2 of 2, feed-forward, with the prompt,"), "\(what)")
  }

  @Test func theLoRAWithNaNIsNamed() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "lora-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let engine = try LocalEngine(folder: ModelFolder(path: GoldenModel.path), name: "tiny")
    let width = try engine.folder.transformerConfiguration(ModelFolder.experts[0]).dim
    let down = Tensor([Float](repeating: .nan, count: 2 * width), shape: [2, width])
    let up = Tensor([Float](repeating: 0.1, count: 2 * width), shape: [width, 2])
    let layer = "transformer.blocks.0.attn1.to_q"
    try SafetensorsWriter.write(
      [("\(layer).lora_A.weight", down), ("\(layer).lora_B.weight", up)], metadata: [:], to: file.path)
    var recipe = engine.defaults
    (recipe.prompt, recipe.width, recipe.height, recipe.frameCount, recipe.steps) = ("a ball", 32, 32, 5, 4)
    recipe.loras = [LoRAUse(path: file.path)]
    let stream = engine.render(recipe)
    let error = await #expect(throws: RenderError.self) { for try await _ in stream {} }
    #expect(error?.code == .badModel && error?.what.contains(file.lastPathComponent) == true)
  }

  /// What a render says with a tensor that begins with these values.
  private func failure(_ file: String, _ tensor: String, _ values: [Float]) async throws -> RenderError? {
    let folder = FileManager.default.temporaryDirectory.appending(path: "damaged-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(atPath: GoldenModel.path, toPath: folder.path)
    try poison(folder.appending(path: file), tensor, values)
    let engine = try LocalEngine(folder: ModelFolder(path: folder.path), name: "damaged")
    var recipe = engine.defaults
    (recipe.prompt, recipe.width, recipe.height, recipe.frameCount, recipe.steps) = ("a ball", 32, 32, 5, 4)
    let stream = engine.render(recipe)
    return await #expect(throws: RenderError.self) { for try await _ in stream {} }
  }

  /// Overwrites the first values of a float32 tensor.
  private func poison(_ file: URL, _ tensor: String, _ values: [Float]) throws {
    var data = try Data(contentsOf: file)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any])
    let entry = try #require(header[tensor] as? [String: Any])
    let offsets = try #require(entry["data_offsets"] as? [Int])
    let start = 8 + length + offsets[0]
    data.replaceSubrange(start..<start + 4 * values.count, with: values.withUnsafeBytes { Data($0) })
    try data.write(to: file)
  }
}
