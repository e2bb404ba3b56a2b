import ArgumentParser
import BuiltInModel
import Foundation
import Tensors

/// The published models by their dimensions, and ours.
enum ModelShape: String, CaseIterable, ExpressibleByArgument {
  case nano
  case small = "1.3b"
  case medium = "5b"
  case a14b

  /// As the files of diffusers have it.
  var matrixType: ElementType { self == .nano ? .float32 : .bfloat16 }

  /// Path in the model's folder → text of each configuration.
  func configurations() throws -> [String: String] {
    if self == .nano { return try builtIn() }
    var files = [
      "model_index.json": Self.pipeline(self), "text_encoder/config.json": Self.umt5,
      "vae/config.json": self == .medium ? Self.vae22 : Self.vae21, "transformer/config.json": transformer,
    ]
    if self == .a14b { files["transformer_2/config.json"] = transformer }
    return files
  }

  private func builtIn() throws -> [String: String] {
    let parts = ["text_encoder", "transformer", "transformer_2", "vae"].map { "\($0)/config.json" }
    return try ["model_index.json", "moviola.json"].appending(parts).reduce(into: [:]) { files, file in
      files[file] = try String(contentsOfFile: "\(BuiltInModel.path)/\(file)", encoding: .utf8)
    }
  }

  private static func pipeline(_ shape: ModelShape) -> String {
    let hasTwoExperts = shape == .a14b
    return """
      {"_class_name": "WanPipeline", "boundary_ratio": \(hasTwoExperts ? "0.875" : "null"),
       "expand_timesteps": \(shape == .medium),
       "scheduler": ["diffusers", "UniPCMultistepScheduler"], "text_encoder": ["transformers", "UMT5EncoderModel"],
       "tokenizer": ["transformers", "T5TokenizerFast"], "transformer": ["diffusers", "WanTransformer3DModel"],
       "transformer_2": \(hasTwoExperts ? "[\"diffusers\", \"WanTransformer3DModel\"]" : "[null, null]"),
       "vae": ["diffusers", "AutoencoderKLWan"]}
      """
  }

  private var transformer: String {
    let (heads, ffn, layers, channels) =
      switch self {
      case .a14b: (40, 13824, 40, 16)
      case .medium: (24, 14336, 30, 48)
      case .nano, .small: (12, 8960, 30, 16)
      }
    return """
      {"_class_name": "WanTransformer3DModel", "patch_size": [1, 2, 2], "num_attention_heads": \(heads),
       "attention_head_dim": 128, "in_channels": \(channels), "out_channels": \(channels), "text_dim": 4096, "freq_dim": 256,
       "ffn_dim": \(ffn), "num_layers": \(layers), "cross_attn_norm": true, "qk_norm": "rms_norm_across_heads",
       "eps": 1e-6, "rope_max_seq_len": 1024}
      """
  }

  private static let umt5 = """
    {"architectures": ["UMT5EncoderModel"], "vocab_size": 256384, "d_model": 4096, "d_kv": 64, "d_ff": 10240,
     "num_layers": 24, "num_heads": 64, "relative_attention_num_buckets": 32,
     "relative_attention_max_distance": 128, "layer_norm_epsilon": 1e-6, "feed_forward_proj": "gated-gelu"}
    """

  private static let vae21 = """
    {"_class_name": "AutoencoderKLWan", "base_dim": 96, "z_dim": 16, "dim_mult": [1, 2, 4, 4], "num_res_blocks": 2,
     "attn_scales": [], "temperal_downsample": [false, true, true],
     "latents_mean": [\([String](repeating: "0", count: 16).joined(separator: ", "))],
     "latents_std": [\([String](repeating: "1", count: 16).joined(separator: ", "))]}
    """
}

extension ModelShape {
  private static let vae22 = """
    {"_class_name": "AutoencoderKLWan", "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48,
     "dim_mult": [1, 2, 4, 4], "num_res_blocks": 2, "attn_scales": [], "temperal_downsample": [false, true, true],
     "is_residual": true, "in_channels": 12, "out_channels": 12, "patch_size": 2,
     "latents_mean": [\([String](repeating: "0", count: 48).joined(separator: ", "))],
     "latents_std": [\([String](repeating: "1", count: 48).joined(separator: ", "))]}
    """
}

extension [String] {
  fileprivate func appending(_ others: [String]) -> [String] { self + others }
}
