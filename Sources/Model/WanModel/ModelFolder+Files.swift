public import Checkpoints
import Foundation

extension ModelFolder {
  /// The parts that a render loads, in the order in which it does.
  public func parts() throws(CheckpointError) -> [String] {
    let pipeline = try pipelineConfiguration()
    return (["text_encoder"] + Self.experts + ["vae"]).filter { pipeline.contains($0) }
  }

  /// Every file that the model consists of, in the order of ``parts()``: its index, configurations, weights and
  /// tokenizer. What an index names and is not there is listed too.
  /// - Throws: ``CheckpointError`` if it cannot be said which files those are.
  public func files() throws(CheckpointError) -> [String] {
    var files = kind == .diffusers ? ["\(path)/\(PipelineConfiguration.fileName)"] : []
    for part in try parts() { files += try self.files(of: part) }
    let tokenizer = location("tokenizer")
    if ModelLayout.isFolder(tokenizer) {
      files += Tokenizer.fileNames.map { "\(tokenizer)/\($0)" }.filter(ModelLayout.exists)
    }
    var seen: Set<String> = []
    return files.filter { seen.insert($0).inserted }
  }

  /// The configuration and the weights of one part.
  public func files(of part: String) throws(CheckpointError) -> [String] {
    (configurationFile(part).map { [$0] } ?? []) + (try Checkpoint.filePaths(of: location(part)))
  }

  /// Checks names and shapes of the tensors of one part against its configuration, or against the shapes themselves
  /// where there is none.
  /// - Throws: ``CheckpointError`` naming the first tensor that is missing, unexpected or of another shape.
  public func verifyStructure(of part: String) throws(CheckpointError) {
    let checkpoint = try checkpoint(part)
    switch part {
    case "text_encoder": try textEncoderConfiguration().verify(checkpoint)
    case "vae": try checkpoint.verify(against: vaeConfiguration().expectedTensors)
    default: try checkpoint.verify(against: transformerConfiguration(part).expectedTensors)
    }
  }
}

// MARK: - What it is

extension ModelFolder {
  /// How the files are laid out, in a word.
  public var format: String {
    switch kind {
    case .diffusers: "diffusers"
    case .official: "official"
    case .files, .part: location(Self.experts[0]).lowercased().hasSuffix(".gguf") ? "GGUF" : "ComfyUI"
    }
  }

  /// Which of the published models this is, by its dimensions: "Wan 2.2 T2V-A14B".
  public func variant() throws(CheckpointError) -> String {
    let hasTwo = try pipelineConfiguration().contains(Self.experts[1])
    let transformer = try transformerConfiguration(Self.experts[0])
    switch (transformer.dim, transformer.numLayers, transformer.inChannels, hasTwo) {
    case (5120, 40, 16, true): return "Wan 2.2 T2V-A14B"
    case (5120, 40, 16, false): return "Wan 2.1 T2V-14B"
    case (1536, 30, 16, false): return "Wan 2.1 T2V-1.3B"
    case (3072, 30, 48, false): return "Wan 2.2 TI2V-5B"
    default:
      let count = transformer.expectedTensors.values.reduce(0) { $0 + $1.reduce(1, *) }
      let size = String(
        format: count >= 1_000_000_000 ? "%.1f B" : "%.1f M", Double(count) / (count >= 1_000_000_000 ? 1e9 : 1e6))
      return "\(count < 100_000_000 ? "nano" : "Wan") \(hasTwo ? "2 × " : "")\(size)"
    }
  }

  /// Whether a folder is one model, as diffusers or the official repository publish Wan.
  public static func isPublished(_ path: String) -> Bool {
    switch ModelLayout.published(path) {
    case .diffusers: !isOtherPipeline(path)
    // A VAE by that name lies in folders of ComfyUI too.
    case .official:
      ["high_noise_model", "low_noise_model", "models_t5_umt5-xxl-enc-bf16.pth"].contains {
        ModelLayout.exists("\(path)/\($0)")
      }
    default: false
    }
  }

  /// A diffusers folder that says it is something else.
  private static func isOtherPipeline(_ path: String) -> Bool {
    let index = "\(path)/\(PipelineConfiguration.fileName)"
    guard let name = try? JSON(file: index, part: "configuration")["_class_name"]?.string else { return false }
    return !name.hasPrefix("Wan")
  }

  /// Models of single files in a folder and in ComfyUI's folders below it: the high-noise expert of each pair, and
  /// every transformer that is alone. Files whose tensors say that they are something else are left out.
  public static func singleFileModels(in folder: String) -> [String] {
    let files = ModelPlaces(around: [folder]).weights(.transformer, isBelow: folder)
    let transformers = files.filter { ExpertPair.isVideoTransformer($0) && mayBeTextToVideo($0) }
    let partners = Set(
      transformers.filter { ExpertName($0).noise == .high }.compactMap { (try? ExpertPair(of: $0))?.low })
    return transformers.filter { !partners.contains($0) }
  }

  /// A file that cannot be read may be: its name says so.
  private static func mayBeTextToVideo(_ path: String) -> Bool {
    guard let checkpoint = try? ModelPart.transformer.open(path) else { return true }
    guard ModelPart(of: checkpoint) == .transformer else { return false }
    guard let size = try? TransformerConfiguration(shapesOf: checkpoint) else { return true }
    return size.inChannels == size.outChannels
  }
}
