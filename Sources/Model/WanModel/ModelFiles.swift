import Checkpoints
import Foundation

/// The parts of a model as single files, known by what people call them, and by their shapes where several could be
/// meant.
///
///     wan2.2_t2v_high_noise_14B_Q4_K_M.gguf   wan2.2_t2v_low_noise_14B_Q4_K_M.gguf
///     umt5_xxl_fp8_e4m3fn_scaled.safetensors   wan_2.1_vae.safetensors   tokenizer/spiece.model
struct ModelFiles: Hashable {
  /// Component → its file.
  private(set) var parts: [String: String] = [:]
  /// A folder with `spiece.model`, or a text encoder's file that carries one.
  private(set) var tokenizer: String?
  /// Why this is no whole model.
  private(set) var problem: CheckpointError?

  /// Looks around a folder, around one file, or around the chosen experts; the folder first.
  init(path: String, experts: ChosenExperts) {
    let pair: ExpertPair?
    do throws(CheckpointError) {
      pair = try Self.pair(path, experts)
    } catch {
      (pair, problem) = (nil, error)
    }
    if let pair { (parts["transformer"], parts["transformer_2"]) = (pair.high, pair.low) }
    let near = [pair?.high, pair?.low, experts.high].compactMap { $0 }.map(Self.folder)
    let places = ModelPlaces(around: [ModelLayout.isFolder(path) ? path : Self.folder(path)] + near)
    let size = pair.flatMap { try? TransformerConfiguration(shapesOf: ModelPart.transformer.open($0.high)) }
    parts["text_encoder"] = Self.textEncoder(places, width: size?.textDim)
    parts["vae"] = Self.vae(places, channels: size?.inChannels)
    tokenizer = Self.tokenizer(places, parts["text_encoder"])
    problem = problem ?? missing(path, places)
  }

  /// Whether there is at least something of each part: a problem is then worth telling.
  var isNearlyWhole: Bool {
    (parts["transformer"] != nil || problem != nil) && parts["text_encoder"] != nil && parts["vae"] != nil
  }

  private static func folder(_ path: String) -> String {
    let folder = path.parentFolder
    return folder.isEmpty ? "." : folder
  }

  private static func pair(_ path: String, _ experts: ChosenExperts) throws(CheckpointError) -> ExpertPair? {
    if !experts.isEmpty { return try ExpertPair(experts) }
    if ModelPlaces.isWeights(path) { return try ExpertPair(of: path) }
    return try ExpertPair(among: ModelPlaces(around: [path]).weights(.transformer), in: path)
  }

  private func missing(_ path: String, _ places: ModelPlaces) -> CheckpointError? {
    let wanted = [
      ("transformer", "transformer"), ("text_encoder", "text encoder (umt5_xxl…)"), ("vae", "VAE (wan_2.1_vae…)"),
    ]
    var names = wanted.filter { parts[$0.0] == nil }.map(\.1)
    if tokenizer == nil { names.append("tokenizer (spiece.model)") }
    return names.isEmpty ? nil : CheckpointError(.missingParts(names: names), path: parts["transformer"] ?? path)
  }
}

// MARK: - Choosing among several

extension ModelFiles {
  /// UMT5 rather than another T5, of the width that the transformer takes; of several the largest, which is the most
  /// precise.
  private static func textEncoder(_ places: ModelPlaces, width: Int?) -> String? {
    let candidates = places.weights(.textEncoder).filter { named($0, "t5") && !named($0, "lora") }
    let usual = candidates.filter { named($0, "umt5") }
    return best(usual.isEmpty ? candidates : usual) { file in
      let size = try? TextEncoderConfiguration(shapesOf: ModelPart.textEncoder.open(file))
      return size.map { $0.dModel == width ?? $0.dModel } ?? false
    }
  }

  private static func vae(_ places: ModelPlaces, channels: Int?) -> String? {
    let candidates = places.weights(.vae).filter { named($0, "vae") && !named($0, "lora") }
    let usual = candidates.filter { named($0, "wan") }
    return best(usual.isEmpty ? candidates : usual) { file in
      guard let checkpoint = try? ModelPart.vae.open(file), ModelPart(of: checkpoint) == .vae else { return false }
      let shape = checkpoint.entry(named: "post_quant_conv.weight")?.shape
      return shape?.first.map { $0 == channels ?? $0 } ?? false
    }
  }

  private static func named(_ path: String, _ word: String) -> Bool {
    ExpertPair.name(path).lowercased().contains(word)
  }

  /// The largest of those that fit. If none does, the first: opening it says what is wrong with it.
  private static func best(_ candidates: [String], fits: (String) -> Bool) -> String? {
    guard candidates.count > 1 else { return candidates.first }
    let sizes = candidates.filter(fits).map { ($0, size($0)) }
    return sizes.max { ($0.1, $1.0) < ($1.1, $0.0) }?.0 ?? candidates.first
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func tokenizer(_ places: ModelPlaces, _ textEncoder: String?) -> String? {
    let folders = places.tokenizers(beside: textEncoder)
    if let folder = folders.first(where: { ModelLayout.exists("\($0)/spiece.model") }) { return folder }
    return textEncoder.flatMap { Tokenizer.isIn($0) ? $0 : nil }
  }
}
