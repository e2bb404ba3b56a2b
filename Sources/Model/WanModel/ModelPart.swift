public import Checkpoints

/// What a set of weights is, by the names of its tensors.
///
///     let checkpoint = try ModelPart.open("wan2.2-high-Q4_K_M.gguf")
///     ModelPart(of: checkpoint)    // .transformer
public enum ModelPart: String, Sendable, Hashable, CaseIterable {
  case transformer = "Wan transformer"
  case textEncoder = "UMT5 encoder"
  case vae = "Wan VAE"

  /// Which part it is; nil if it is none. Tensors go by our names or by those of another layout.
  public init?(of checkpoint: Checkpoint) {
    let names = checkpoint.names
    let part = Self.allCases.first { part in
      part.landmarks.contains { landmark in names.contains { $0.hasSuffix(landmark) } }
    }
    guard let part else { return nil }
    self = part
  }

  /// A tensor that only this part has.
  private var landmark: String {
    switch self {
    case .transformer: "blocks.0.attn1.to_q.weight"
    case .textEncoder: "encoder.block.0.layer.0.SelfAttention.q.weight"
    case .vae: "decoder.mid_block.attentions.0.to_qkv.weight"
    }
  }

  /// The landmark's names in all layouts.
  private var landmarks: Set<String> { Set([landmark] + tables.compactMap { $0.theirs(landmark) }) }

  /// How other layouts call its tensors.
  private var tables: [NameTable] {
    switch self {
    case .transformer: [.transformer]
    case .textEncoder: [.textEncoder, .textEncoderInGGUF]
    case .vae: [.vae, .vae22]
    }
  }

  /// What names begin with where the second of the tables holds: a text encoder as llama.cpp has it, the VAE of Wan 2.2.
  private var secondLayout: [String] {
    switch self {
    case .transformer: []
    case .textEncoder: ["enc.blk."]
    case .vae: ["decoder.upsamples.0.upsamples.", "encoder.downsamples.0.downsamples."]
    }
  }

  /// Opens weights of this part with their tensors under the names that the layers ask for.
  public func open(_ path: String) throws(CheckpointError) -> Checkpoint {
    let checkpoint = try Checkpoint(path: path)
    let isSecond = checkpoint.names.contains { name in
      secondLayout.contains { name.hasPrefix($0) }
    }
    return try checkpoint.renamed(by: isSecond ? tables[tables.count - 1] : tables[0])
  }
}
