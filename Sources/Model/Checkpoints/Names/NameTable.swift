/// How one part of a model names its tensors in the official repository, and how we (with diffusers) do.
///
///     NameTable.transformer.ours("blocks.3.self_attn.q.weight")        // "blocks.3.attn1.to_q.weight"
///     NameTable.transformer.theirs("blocks.3.attn1.to_q.weight")       // "blocks.3.self_attn.q.weight"
///
/// Rows are data: a name as a whole, or without its last word (weight, bias, gamma), which stays. `#` is a number.
public struct NameTable: Sendable {
  /// Theirs, ours.
  public typealias Row = (theirs: String, ours: String)

  private let toOurs: [String: String]
  private let toTheirs: [String: String]

  public init(_ rows: [Row]) {
    toOurs = Dictionary(rows.map { ($0.theirs, $0.ours) }, uniquingKeysWith: { first, _ in first })
    toTheirs = Dictionary(rows.map { ($0.ours, $0.theirs) }, uniquingKeysWith: { first, _ in first })
  }

  /// Our name for one of theirs; nil if it is not in the table.
  public func ours(_ name: String) -> String? { Self.translate(name, toOurs) }
  /// Their name for one of ours; nil if it is not in the table.
  public func theirs(_ name: String) -> String? { Self.translate(name, toTheirs) }

  private static func translate(_ name: String, _ table: [String: String]) -> String? {
    var words = name.split(separator: ".", omittingEmptySubsequences: false)
    if let whole = lookUp(words, table) { return whole }
    guard words.count > 1, let leaf = words.popLast() else { return nil }
    return lookUp(words, table).map { "\($0).\(leaf)" }
  }

  private static func lookUp(_ words: [Substring], _ table: [String: String]) -> String? {
    if let found = table[words.joined(separator: ".")] { return found }
    for (index, word) in words.enumerated() where !word.isEmpty && word.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    {
      var pattern = words
      pattern[index] = "#"
      if let found = table[pattern.joined(separator: ".")] {
        return found.split(separator: ".").map { $0 == "#" ? word : $0 }.joined(separator: ".")
      }
    }
    return nil
  }
}

extension NameTable {
  /// The official repository's `wan/modules/model.py`; ComfyUI files and GGUF files use the same names.
  public static let transformer = NameTable(
    [
      ("patch_embedding", "patch_embedding"),
      ("time_embedding.0", "condition_embedder.time_embedder.linear_1"),
      ("time_embedding.2", "condition_embedder.time_embedder.linear_2"),
      ("time_projection.1", "condition_embedder.time_proj"),
      ("text_embedding.0", "condition_embedder.text_embedder.linear_1"),
      ("text_embedding.2", "condition_embedder.text_embedder.linear_2"),
      ("head.head", "proj_out"),
      ("head.modulation", "scale_shift_table"),
      ("blocks.#.modulation", "blocks.#.scale_shift_table"),
      ("blocks.#.norm3", "blocks.#.norm2"),
      ("blocks.#.ffn.0", "blocks.#.ffn.net.0.proj"),
      ("blocks.#.ffn.2", "blocks.#.ffn.net.2"),
    ]
      + attention("blocks.#.self_attn", "blocks.#.attn1") + attention("blocks.#.cross_attn", "blocks.#.attn2"))

  private static func attention(_ theirs: String, _ ours: String) -> [Row] {
    [("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("o", "to_out.0"), ("norm_q", "norm_q"), ("norm_k", "norm_k")]
      .map { ("\(theirs).\($0)", "\(ours).\($1)") }
  }

  /// The official repository's `wan/modules/t5.py`.
  public static let textEncoder = NameTable(
    [("token_embedding", "shared"), ("norm", "encoder.final_layer_norm")]
      + [
        ("attn.q", "layer.0.SelfAttention.q"), ("attn.k", "layer.0.SelfAttention.k"),
        ("attn.v", "layer.0.SelfAttention.v"), ("attn.o", "layer.0.SelfAttention.o"),
        ("pos_embedding.embedding", "layer.0.SelfAttention.relative_attention_bias"),
        ("norm1", "layer.0.layer_norm"), ("norm2", "layer.1.layer_norm"),
        ("ffn.gate.0", "layer.1.DenseReluDense.wi_0"), ("ffn.fc1", "layer.1.DenseReluDense.wi_1"),
        ("ffn.fc2", "layer.1.DenseReluDense.wo"),
      ].map { ("blocks.#.\($0)", "encoder.block.#.\($1)") })

  /// A T5 encoder in GGUF, named as llama.cpp does.
  public static let textEncoderInGGUF = NameTable(
    [("token_embd", "shared"), ("enc.output_norm", "encoder.final_layer_norm")]
      + [
        ("attn_q", "layer.0.SelfAttention.q"), ("attn_k", "layer.0.SelfAttention.k"),
        ("attn_v", "layer.0.SelfAttention.v"), ("attn_o", "layer.0.SelfAttention.o"),
        ("attn_rel_b", "layer.0.SelfAttention.relative_attention_bias"),
        ("attn_norm", "layer.0.layer_norm"), ("ffn_norm", "layer.1.layer_norm"),
        ("ffn_gate", "layer.1.DenseReluDense.wi_0"), ("ffn_up", "layer.1.DenseReluDense.wi_1"),
        ("ffn_down", "layer.1.DenseReluDense.wo"),
      ].map { ("enc.blk.#.\($0)", "encoder.block.#.\($1)") })
}

extension NameTable {
  /// The official repository's `wan/modules/vae2_1.py`, where the stages of the decoder are numbered in one row:
  /// three residual blocks and, but for the last level, an upsampler.
  public static let vae = NameTable(
    [("conv1", "quant_conv"), ("conv2", "post_quant_conv")] + ends("encoder") + ends("decoder")
      + residual("encoder.downsamples.#", "encoder.down_blocks.#")
      + resampling("encoder.downsamples.#", "encoder.down_blocks.#") + (0..<4).flatMap(decoderLevel))

  /// The official repository's `wan/modules/vae2_2.py`, where every level is a row of its own: two residual blocks on
  /// the way down, three on the way up, and the change of resolution.
  public static let vae22 = NameTable(
    [("conv1", "quant_conv"), ("conv2", "post_quant_conv")] + ends("encoder") + ends("decoder")
      + (0..<4).flatMap { level in
        let (down, up) = ("encoder.downsamples.\(level).downsamples", "decoder.upsamples.\(level).upsamples")
        return residual("\(down).#", "encoder.down_blocks.\(level).resnets.#")
          + resampling("\(down).2", "encoder.down_blocks.\(level).downsampler")
          + residual("\(up).#", "decoder.up_blocks.\(level).resnets.#")
          + resampling("\(up).3", "decoder.up_blocks.\(level).upsampler")
      })

  /// The first and last convolutions and the middle of one side.
  private static func ends(_ side: String) -> [Row] {
    let rows =
      [("conv1", "conv_in"), ("head.0", "norm_out"), ("head.2", "conv_out")]
      + ["norm", "to_qkv", "proj"].map { ("middle.1.\($0)", "mid_block.attentions.0.\($0)") }
      + residual("middle.0", "mid_block.resnets.0") + residual("middle.2", "mid_block.resnets.1")
    return rows.map { ("\(side).\($0)", "\(side).\($1)") }
  }

  private static func decoderLevel(_ level: Int) -> [Row] {
    let (theirs, ours) = (4 * level, "decoder.up_blocks.\(level)")
    return (0..<3).flatMap { residual("decoder.upsamples.\(theirs + $0)", "\(ours).resnets.\($0)") }
      + resampling("decoder.upsamples.\(theirs + 3)", "\(ours).upsamplers.0")
  }

  private static func residual(_ theirs: String, _ ours: String) -> [Row] {
    [
      ("residual.0", "norm1"), ("residual.2", "conv1"), ("residual.3", "norm2"), ("residual.6", "conv2"),
      ("shortcut", "conv_shortcut"),
    ].map { ("\(theirs).\($0)", "\(ours).\($1)") }
  }

  private static func resampling(_ theirs: String, _ ours: String) -> [Row] {
    ["resample.1", "time_conv"].map { ("\(theirs).\($0)", "\(ours).\($0)") }
  }
}
