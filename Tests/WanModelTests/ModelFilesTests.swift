import Checkpoints
import Foundation
import GoldenModel
import SampleModels
import Testing

@testable import WanModel

/// Models of single files: which belong together, and what is said when they do not.
@Suite final class ModelFilesTests {
  private let folder = NSTemporaryDirectory() + "moviola-files-\(UUID().uuidString)"
  private var sample: SampleModel { SampleModel(in: folder) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func problem(_ model: ModelFolder) -> CheckpointError? {
    do throws(CheckpointError) {
      try model.verifyFit()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("Wan2.2-T2V-A14B-HighNoise-Q4_K_M.gguf", ExpertName.Noise.high, "Wan2.2-T2V-A14B-LowNoise-Q4_K_M.gguf"),
    ("wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors", .high, "wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors"),
    (
      "Wan2_2-T2V-A14B_HIGH_fp8_e4m3fn_scaled_KJ.safetensors", .high,
      "Wan2_2-T2V-A14B-LOW_fp8_e4m3fn_scaled_KJ.safetensors"
    ),
    ("wan22highnoise.safetensors", nil, "wan22highnoise.gguf"),
    ("highnoise.safetensors", .high, "lownoise.safetensors"),
    ("HighNoise/model.gguf", .high, "LowNoise/model.gguf"),
    ("flow_below.safetensors", nil, "flow_below.gguf"), ("high_low.gguf", nil, "low_high.gguf"),
  ])
  func namesTellTheExperts(_ name: String, _ noise: ExpertName.Noise?, _ partner: String) {
    #expect(ExpertName(name).noise == noise)
    #expect(ExpertName(partner).noise == noise?.other)
    #expect(ExpertName(name).pair == ExpertName(partner).pair)
  }

  @Test func oneFileFindsTheWholeModel() throws {
    let high = try sample.writeComfyUI()
    let low = high.replacing("high", with: "low")
    for path in [high, low, folder, folder + "/diffusion_models"] {
      let model = ModelFolder(path: path)
      #expect(model.isWhole)
      #expect(model.location("transformer") == high && model.location("transformer_2") == low)
      #expect(model.location("vae") == folder + "/vae/wan_2.1_vae.safetensors")
      #expect(problem(model) == nil)
      #expect(try model.pipelineConfiguration().boundaryRatio == 0.875)
    }
  }

  @Test func theTokenizerInsideATextEncoderIsUsed() throws {
    let high = try sample.writeComfyUI()
    let inside = try ModelFolder(path: high).tokenizer()
    let beside = try Tokenizer(folder: GoldenModel.path + "/tokenizer")
    for text in ["a red ball bounces in a grid room", "一个红球", "ünïcode ▁ x"] {
      #expect(try inside.encode(text).ids == beside.encode(text).ids)
    }
    // A tokenizer of its own is asked first: it knows the names of special tokens.
    try FileManager.default.copyItem(atPath: GoldenModel.path + "/tokenizer", toPath: folder + "/tokenizer")
    #expect(ModelFolder(path: high).location("tokenizer") == folder + "/tokenizer")
  }

  @Test func bytesThatAreNoTokenizerAreNamed() throws {
    let high = try sample.writeComfyUI()
    let checkpoint = try Checkpoint(path: GoldenModel.path + "/text_encoder")
    var tensors = try checkpoint.names.map { (name: $0, tensor: try checkpoint.tensor(named: $0)) }
    tensors.append((name: "spiece_model", tensor: SampleModel.bytes([1, 2, 3])))
    try SafetensorsWriter.write(tensors, to: folder + "/text_encoders/umt5_xxl.safetensors")
    #expect(problem(ModelFolder(path: high))?.description.contains("is not a SentencePiece model") == true)
  }

  @Test func chosenExpertsReplaceTheModelsOwn() throws {
    let high = try sample.writeTransformer("a/first-high.gguf", seed: 3)
    let low = try sample.writeTransformer("b/second-low.safetensors", seed: 4)
    try sample.writeTextEncoder("umt5.safetensors")
    try sample.writeVAE("wan_vae.safetensors")
    let chosen = ChosenExperts(high: high, low: low)
    #expect(problem(ModelFolder(path: folder, experts: chosen)) == nil)
    // In place of those of a diffusers folder, whose other parts stay.
    let mixed = ModelFolder(path: GoldenModel.path, experts: chosen)
    #expect(problem(mixed) == nil)
    #expect(mixed.location("transformer_2") == low)
    #expect(mixed.location("vae") == GoldenModel.path + "/vae")
    #expect(try mixed.transformerConfiguration("transformer") == SampleModel.transformer)
    #expect(try mixed.fingerprint() != ModelFolder(path: GoldenModel.path).fingerprint())
  }

  @Test func whatIsMissingIsNamed() throws {
    let high = try sample.writeComfyUI()
    let low = high.replacing("high", with: "low")
    try FileManager.default.removeItem(atPath: folder + "/vae")
    #expect(problem(ModelFolder(path: high))?.description.contains("VAE (wan_2.1_vae…)") == true)
    try sample.writeVAE("vae/wan_2.1_vae.safetensors")
    try sample.writeTextEncoder("text_encoders/umt5_xxl.safetensors", withTokenizer: false)
    #expect(problem(ModelFolder(path: high))?.cause == .missingParts(names: ["tokenizer (spiece.model)"]))
    try FileManager.default.removeItem(atPath: low)
    #expect(problem(ModelFolder(path: high))?.cause == .missingExpert("low-noise expert"))
    #expect(problem(ModelFolder(path: folder))?.cause == .missingExpert("low-noise expert"))
    #expect(problem(ModelFolder(path: folder, experts: ChosenExperts(low: low)))?.cause != nil)
  }

  @Test func expertsThatAreMixedUpAreNamed() throws {
    let high = try sample.writeComfyUI()
    let low = high.replacing("high", with: "low")
    func chosen(_ high: String, _ low: String) -> CheckpointError.Cause? {
      problem(ModelFolder(path: folder, experts: ChosenExperts(high: high, low: low)))?.cause
    }
    #expect(chosen(high, high) == .twinExperts(other: high))
    #expect(chosen(low, high) == .wrongExpert(wanted: "high-noise expert", is: "low-noise expert"))
    // The same weights under two names.
    try FileManager.default.removeItem(atPath: low)
    try FileManager.default.copyItem(atPath: high, toPath: low)
    #expect(problem(ModelFolder(path: high))?.cause == .twinExperts(other: low))
  }

  @Test func twoHighNoiseExpertsAreOneTooMany() throws {
    let high = try sample.writeComfyUI()
    let other = try sample.writeTransformer("diffusion_models/wan2.2_t2v_high_noise_14B_fp8.safetensors", seed: 5)
    let error = problem(ModelFolder(path: folder))
    #expect(error?.description.contains("2 files that could be the high-noise expert") == true)
    #expect(error?.description.contains("--high") == true)
    // One that is named goes with its own low-noise expert, or with the only one there is.
    #expect(problem(ModelFolder(path: high)) == nil)
    #expect(problem(ModelFolder(path: other)) == nil)
    // Models of other kinds do not count.
    try FileManager.default.removeItem(atPath: other)
    for name in ["wan2.2_i2v_high_noise_14B", "wan2.2_t2v_lora_high_noise"] {
      try sample.writeTransformer("diffusion_models/\(name).safetensors", seed: 6)
    }
    #expect(problem(ModelFolder(path: folder)) == nil)
  }

  @Test func theFittingTextEncoderAndVAEAreTaken() throws {
    let high = try sample.writeComfyUI()
    // Another T5, a VAE of other channels, and files that are none at all.
    try sample.writeTransformer("text_encoders/umt5_other.safetensors", seed: 7)
    try Data("x".utf8).write(to: URL(filePath: folder + "/vae/wan_a_vae.safetensors"))
    try Data("x".utf8).write(to: URL(filePath: folder + "/vae/sdxl_vae.safetensors"))
    let model = ModelFolder(path: high)
    #expect(model.location("text_encoder") == folder + "/text_encoders/umt5_xxl.safetensors")
    #expect(model.location("vae") == folder + "/vae/wan_2.1_vae.safetensors")
  }
}
