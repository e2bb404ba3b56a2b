import Checkpoints
import Foundation
import GoldenModel
import Tensors
import Testing

@testable import WanModel

/// The golden model written down in other layouts gives the same numbers.
@Suite struct ModelLayoutTests {
  private let path = NSTemporaryDirectory() + "moviola-layout-\(UUID().uuidString)"
  private let golden = ModelFolder(path: GoldenModel.path)
  private let device = CPU(precision: .reference)

  private func withFolder(_ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: path + "/high_noise_model", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: path + "/low_noise_model", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body()
  }

  /// One expert under the official names, with a prefix.
  private func write(_ component: String, to file: String, prefix: String = "") throws {
    let checkpoint = try golden.checkpoint(component)
    let tensors = try checkpoint.names.map { name in
      (name: prefix + (NameTable.transformer.theirs(name) ?? name), tensor: try checkpoint.tensor(named: name))
    }
    try SafetensorsWriter.write(tensors, to: path + "/" + file)
  }

  private func flow(_ folder: ModelFolder, _ component: String) throws -> [Float] {
    let golden = try GoldenCase("transformer-padded-context")
    let expert = try folder.transformer(component, on: device)
    let embeddings = try golden.inputs.tensor(named: "encoder_hidden_states")
    let text = expert.remember(embeddings.reshaped(Array(embeddings.shape.dropFirst())))
    let latents = try golden.inputs.tensor(named: "hidden_states").channelsLast()
    return try expert(latents, timestep: 700, text: text) { false }.floats()
  }

  private let configuration = """
    {"_class_name": "WanModel", "dim": 48, "eps": 1e-06, "ffn_dim": 96, "freq_dim": 64, "in_dim": 16,
     "model_type": "t2v", "num_heads": 2, "num_layers": 2, "out_dim": 16, "text_len": 512}
    """

  private func writeConfiguration(_ text: String, _ folder: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(folder)/config.json"))
  }

  @Test func theOfficialLayoutIsTheSameModel() throws {
    try withFolder {
      try write("transformer", to: "high_noise_model/diffusion_pytorch_model.safetensors")
      try write("transformer_2", to: "low_noise_model/diffusion_pytorch_model.safetensors")
      for folder in ["high_noise_model", "low_noise_model"] { try writeConfiguration(configuration, folder) }
      let folder = ModelFolder(path: path)
      let pipeline = try folder.pipelineConfiguration()
      #expect(pipeline.contains("transformer_2") && pipeline.boundaryRatio == 0.875)
      for component in ModelFolder.experts {
        #expect(try folder.transformerConfiguration(component) == golden.transformerConfiguration(component))
        #expect(try flow(folder, component) == flow(golden, component))
      }
    }
  }

  /// Wan2.2_VAE's names and constants, beside a transformer with one expert.
  @Test func ti2vInTheOfficialAndTheSingleFileLayoutIsTheSameModel() throws {
    try withFolder {
      for folder in ["high_noise_model", "low_noise_model"] {
        try FileManager.default.removeItem(atPath: path + "/" + folder)
      }
      let ti2v = ModelFolder(path: GoldenModel.ti2vPath)
      let vae = try ti2v.checkpoint("vae")
      let named = try vae.names.map { (name: NameTable.vae22.theirs($0) ?? $0, tensor: try vae.tensor(named: $0)) }
      try SafetensorsWriter.write(named, to: path + "/wan2.2_vae.safetensors")
      #expect(try ModelPart(of: Checkpoint(path: path + "/wan2.2_vae.safetensors")) == .vae)
      let single = ModelFolder(path: path + "/wan2.2_vae.safetensors")
      #expect(try single.vaeConfiguration() == ti2v.vaeConfiguration())
      try single.checkpoint("vae").verify(against: ti2v.vaeConfiguration().expectedTensors)
      let latents = try GoldenCase("ti2v-vae-decode-2x3x1").inputs.tensor(named: "latents").channelsLast()
      let clips = try [single, ti2v].map { folder in
        var clip: [Float] = []
        let decoder = try folder.vaeDecoder(on: device)
        try decoder.decode(latents, isCancelled: { false }, emit: { clip += $0.floats() })
        return clip
      }
      #expect(clips[0] == clips[1])

      let settings = ["t2v": "ti2v", "16,": "48,", "\"ffn_dim\": 96": "\"ffn_dim\": 112", "dim\": 16": "dim\": 48"]
      let text = settings.reduce(configuration) { $0.replacing($1.key, with: $1.value) }
      try writeConfiguration(text, ".")
      let encoder = URL(filePath: path + "/models_t5_umt5-xxl-enc-bf16.pth")
      try Data().write(to: encoder)
      #expect(ModelFolder(path: path).location("vae") == path + "/Wan2.2_VAE.pth")
      try FileManager.default.removeItem(at: encoder)
      try FileManager.default.moveItem(
        atPath: path + "/wan2.2_vae.safetensors", toPath: path + "/Wan2.2_VAE.pth")
      let official = ModelFolder(path: path)
      #expect(official.isWhole && official.location("vae") == path + "/Wan2.2_VAE.pth")
      #expect(try official.pipelineConfiguration().boundaryRatio == nil)
      let expert = try ti2v.checkpoint("transformer")
      let tensors = try expert.names.map {
        (name: NameTable.transformer.theirs($0) ?? $0, tensor: try expert.tensor(named: $0))
      }
      try SafetensorsWriter.write(tensors, to: path + "/diffusion_pytorch_model.safetensors")
      #expect(try official.transformerConfiguration("transformer") == ti2v.transformerConfiguration("transformer"))
    }
  }

  @Test func anImageModelIsRefused() throws {
    try withFolder {
      try write("transformer", to: "high_noise_model/diffusion_pytorch_model.safetensors")
      try writeConfiguration(configuration.replacing("t2v", with: "i2v"), "high_noise_model")
      #expect(throws: CheckpointError.self) { try ModelFolder(path: path).transformerConfiguration("transformer") }
    }
  }

  @Test func aFileByItselfIsAPartAndNoModel() throws {
    try withFolder {
      try write("transformer", to: "wan.safetensors", prefix: "model.diffusion_model.")
      let file = ModelFolder(path: path + "/wan.safetensors")
      #expect(!file.isWhole)
      #expect(throws: CheckpointError.self) { try file.pipelineConfiguration() }
      #expect(try file.checkpoint("transformer").contains("blocks.1.attn2.to_k.weight"))
    }
  }

  /// Files as ComfyUI has them; the golden's head size is not the usual one, so only names and places count here.
  @Test func singleFilesAreFoundByTheirNames() throws {
    try withFolder {
      let places = [
        "diffusion_models/wan2.2_t2v_high_noise_14B.gguf", "diffusion_models/wan2.2_t2v_low_noise_14B.safetensors",
        "text_encoders/umt5_xxl.safetensors", "vae/wan_2.1_vae.safetensors",
        "diffusion_models/lora_high_noise.safetensors", "tokenizer/spiece.model",
      ]
      for place in places {
        let file = URL(fileURLWithPath: path + "/" + place)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: file)
      }
      for folder in ["high_noise_model", "low_noise_model"] {
        try FileManager.default.removeItem(atPath: path + "/" + folder)
      }
      let folder = ModelFolder(path: path)
      #expect(folder.isWhole)
      for (component, place) in zip(ModelFolder.experts + ["text_encoder", "vae"], places) {
        #expect(folder.location(component) == path + "/" + place)
      }
      #expect(try folder.pipelineConfiguration().boundaryRatio == 0.875)
      try Data().write(to: URL(fileURLWithPath: path + "/diffusion_models/wan2.2_other_high_noise.gguf"))
      let error = #expect(throws: CheckpointError.self) { try ModelFolder(path: path).pipelineConfiguration() }
      #expect(error?.description.contains("could be the high-noise expert") == true)
    }
  }

  @Test func aLoRAChangesTheExpertThatItIsFor() throws {
    try withFolder {
      let bias = Tensor([Float](repeating: 0.1, count: 48), shape: [48])
      try SafetensorsWriter.write([("diffusion_model.text_embedding.2.diff_b", bias)], to: path + "/lora.safetensors")
      func folder(_ strength: Double, _ component: String?) -> ModelFolder {
        let lora = AppliedLoRA(path: path + "/lora.safetensors", strength: strength, component: component)
        return ModelFolder(path: GoldenModel.path, loras: [lora])
      }
      let plain = try ModelFolder.experts.map { try flow(golden, $0) }
      #expect(try flow(folder(1, nil), "transformer") != plain[0])
      #expect(try flow(folder(1, "transformer_2"), "transformer") == plain[0])
      #expect(try flow(folder(1, "transformer_2"), "transformer_2") != plain[1])
      #expect(try flow(folder(0, nil), "transformer") == plain[0])
      #expect(try folder(1, nil).fingerprint() != golden.fingerprint())
    }
  }
}
