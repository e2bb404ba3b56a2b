import Checkpoints
import Foundation
import GoldenModel
import Testing

@testable import WanModel

@Suite struct ConfigurationTests {
  /// Shapes as diffusers and transformers wrote them.
  private func shapes(_ component: String) throws -> [String: [Int]] {
    let json = try JSON(file: Goldens.path("tensors.json"), part: "table")
    let members = try #require(json[component]?.object)
    return members.mapValues { $0.array?.compactMap(\.integer) ?? [] }
  }

  @Test func theTransformersTableIsThatOfDiffusers() throws {
    let configuration = try TransformerConfiguration(file: GoldenModel.path + "/transformer/config.json")
    #expect(configuration.dim == 48)
    #expect(configuration.expectedTensors == (try shapes("transformer")))
  }

  @Test func theTextEncodersTableIsThatOfTransformers() throws {
    let configuration = try TextEncoderConfiguration(file: GoldenModel.path + "/text_encoder/config.json")
    #expect(configuration.expectedTensors == (try shapes("text_encoder")))
  }

  @Test func theVAEsTableIsThatOfDiffusers() throws {
    let configuration = try VAEConfiguration(file: GoldenModel.path + "/vae/config.json")
    #expect(configuration.spatialStride == 8)
    #expect(configuration.temporalStride == 4)
    #expect(configuration.latentsMean.first == 0.4358)
    #expect(configuration.expectedTensors == (try shapes("vae")))
  }

  @Test func theTablesOfTI2VAreThoseOfDiffusers() throws {
    let folder = ModelFolder(path: GoldenModel.ti2vPath)
    #expect(try folder.transformerConfiguration("transformer").expectedTensors == shapes("ti2v_transformer"))
    let vae = try folder.vaeConfiguration()
    #expect(vae.spatialStride == 16 && vae.temporalStride == 4 && vae.zDim == 48 && vae.colours == 3)
    #expect(vae.expectedTensors == (try shapes("ti2v_vae")))
    try folder.checkpoint("transformer").verify(against: shapes("ti2v_transformer"))
    try folder.checkpoint("vae").verify(against: shapes("ti2v_vae"))
  }

  @Test func theLargeModelHasItsPublishedNumberOfParameters() {
    let configuration = TransformerConfiguration(
      numAttentionHeads: 40, attentionHeadDim: 128, textDim: 4096, ffnDim: 13824, numLayers: 40)
    let count = configuration.expectedTensors.values.reduce(0) { $0 + $1.reduce(1, *) }
    #expect(count == 14_288_491_584)
  }

  @Test func thePipelinesIndexAndSchedulerAreRead() throws {
    let pipeline = try PipelineConfiguration(file: GoldenModel.path + "/model_index.json")
    #expect(pipeline.boundaryRatio == 0.875)
    #expect(
      pipeline.components.map(\.name) == [
        "scheduler", "text_encoder", "tokenizer", "transformer", "transformer_2", "vae",
      ])
    #expect(try SchedulerConfiguration(file: GoldenModel.path + "/scheduler/scheduler_config.json").flowShift == 3)
  }

  /// The transformer's configuration with one member replaced.
  private func load(_ key: String, _ value: String?) throws -> String {
    let text = try String(contentsOfFile: GoldenModel.path + "/transformer/config.json", encoding: .utf8)
    let pattern = "\"\(key)\": (\\[[^\\]]*\\]|[^,\\n]*)"
    let range = try #require(text.range(of: pattern, options: .regularExpression))
    let replaced = text.replacingCharacters(in: range, with: value.map { "\"\(key)\": \($0)" } ?? "\"x\": 0")
    let path = NSTemporaryDirectory() + "moviola-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try replaced.write(toFile: path, atomically: true, encoding: .utf8)
    do {
      _ = try TransformerConfiguration(file: path)
      return ""
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("num_layers", nil, "\"num_layers\" is absent"),
    ("num_layers", "null", "\"num_layers\" is absent"),
    ("num_layers", "\"2\"", "\"num_layers\" is a string, expected an integer"),
    ("num_layers", "2.5", "\"num_layers\" is a number, expected an integer"),
    ("num_layers", "0", "\"num_layers\" is 0, expected 1 to 1000"),
    ("ffn_dim", "-1", "\"ffn_dim\" is -1"),
    ("num_attention_heads", "9223372036854775807", "\"num_attention_heads\" is 9223372036854775807"),
    ("attention_head_dim", "25", "\"attention_head_dim\" has a value that is not supported; expected an even"),
    ("patch_size", "[1, 2]", "\"patch_size\" has 2 elements, expected 3"),
    ("patch_size", "2", "\"patch_size\" is an integer, expected a list"),
    ("eps", "true", "\"eps\" is true or false, expected a number"),
    ("image_dim", "1280", "\"image_dim\" has a value that is not supported"),
    ("qk_norm", "\"layer_norm\"", "\"qk_norm\" has a value that is not supported"),
    ("cross_attn_norm", "1", "\"cross_attn_norm\" is an integer, expected true or false"),
  ])
  func badSettingsAreNamed(_ key: String, _ value: String?, _ expected: String) throws {
    let message = try load(key, value)
    #expect(message.contains(expected), "\(message)")
  }
}
