import Checkpoints
import Foundation
import Tensors
import WanModel

/// One component of a model: what it is, its configuration in words, and its weights.
struct InspectedPart {
  let name: String
  /// The class that its configuration names, or the format of a file without one.
  let kind: String
  private let settings: [String]
  let checkpoint: Checkpoint?

  /// Opens a component by what lies in its folder, or a single weights file; names and shapes of the weights are
  /// checked if they are of a kind that this program knows.
  init(path: String, name: String) throws(CheckpointError) {
    self.name = name
    if InspectedSubject.exists("\(path)/config.json") {
      (kind, settings, checkpoint) = try Self.component(path, configuration: "\(path)/config.json")
    } else if name == "tokenizer" || InspectedSubject.exists("\(path)/spiece.model") {
      (kind, settings, checkpoint) = try Self.tokenizer(path)
    } else if name == "scheduler" || InspectedSubject.exists("\(path)/\(SchedulerConfiguration.fileName)") {
      (kind, settings, checkpoint) = try Self.scheduler(path)
    } else if let beside = Self.configuration(beside: path) {
      (kind, settings, checkpoint) = try Self.component(path, configuration: beside)
    } else {
      (kind, settings, checkpoint) = try Self.weights(path)
    }
  }

  /// The configuration in the folder of a weights file, if the file is the whole component and no shard of it. In the
  /// official repositories of one transformer, text encoder and VAE (.pth) lie beside its configuration.
  private static func configuration(beside path: String) -> String? {
    let (folder, name) = (path.parentFolder, path.fileName)
    let file = folder + "/config.json"
    return !name.contains("-of-") && !name.hasSuffix(".pth") && InspectedSubject.exists(file) ? file : nil
  }

  private typealias Content = (kind: String, settings: [String], checkpoint: Checkpoint?)

  private static func component(_ path: String, configuration file: String) throws(CheckpointError) -> Content {
    let json = try JSON(file: file, part: "configuration")
    let kind = json["_class_name"]?.string ?? json["architectures"]?.array?.first?.string ?? "unknown class"
    switch kind {
    case "WanTransformer3DModel":
      return try content(kind, path, .transformer) { _ throws(CheckpointError) in
        try TransformerConfiguration(file: file)
      }
    case "WanModel":
      return try content(kind, path, .transformer) { checkpoint throws(CheckpointError) in
        try TransformerConfiguration(official: file, checkpoint)
      }
    case "AutoencoderKLWan":
      return try content(kind, path, .vae) { _ throws(CheckpointError) in try VAEConfiguration(file: file) }
    case "UMT5EncoderModel":
      return try content(kind, path, .textEncoder) { _ throws(CheckpointError) in
        try TextEncoderConfiguration(file: file)
      }
    default:
      return (kind, ["names and shapes are not checked: this class is not known"], try Checkpoint(path: path))
    }
  }

  /// Weights without a configuration: the names say what they are, the shapes give the dimensions.
  private static func weights(_ path: String) throws(CheckpointError) -> Content {
    let checkpoint = try Checkpoint(path: path)
    if LoRA.isLoRA(checkpoint) { return ("LoRA", [], checkpoint) }
    let part = ModelPart(of: checkpoint)
    switch part {
    case .transformer:
      return try content(part?.rawValue, path, .transformer) { checkpoint throws(CheckpointError) in
        try TransformerConfiguration(shapesOf: checkpoint)
      }
    case .textEncoder:
      return try content(part?.rawValue, path, .textEncoder, TextEncoderConfiguration.init(shapesOf:))
    case .vae: return try content(part?.rawValue, path, .vae, VAEConfiguration.init(shapesOf:))
    case nil: return ("weights of no part that is known", [], checkpoint)
    }
  }

  private static func content(
    _ kind: String?, _ path: String, _ part: ModelPart,
    _ configure: (Checkpoint) throws(CheckpointError) -> any InspectedConfiguration
  ) throws(CheckpointError) -> Content {
    let checkpoint = try part.open(path)
    let configuration = try configure(checkpoint)
    try configuration.verify(checkpoint)
    return (kind ?? part.rawValue, configuration.inWords, checkpoint)
  }

  private static func tokenizer(_ path: String) throws(CheckpointError) -> Content {
    let tokenizer = try Tokenizer(path: path)
    return ("SentencePiece", ["\(tokenizer.vocabularySize) ids, end \(tokenizer.endID)"], nil)
  }

  private static func scheduler(_ path: String) throws(CheckpointError) -> Content {
    let scheduler = try SchedulerConfiguration(file: "\(path)/\(SchedulerConfiguration.fileName)")
    return (scheduler.className, scheduler.flowShift.map { ["shift \($0)"] } ?? [], nil)
  }
}

// MARK: - In words

extension InspectedPart {
  /// The class, the weights, and the settings.
  var lines: [String] { [([kind.printable()] + weights).joined(separator: " · ")] + settings }

  private var weights: [String] {
    guard let checkpoint else { return [] }
    let entries = checkpoint.entries
    let files = checkpoint.files.count
    return [
      "\(entries.count) tensors", Self.count(checkpoint.parameterCount) + " parameters", types(entries),
      Units.bytes(checkpoint.byteCount), files == 1 ? "1 file" : "\(files) shards",
    ]
  }

  /// "bfloat16", or "float16 52, float32 11" if there are several.
  private func types(_ entries: [TensorEntry]) -> String {
    let counts = Dictionary(entries.map { ($0.type.rawValue, 1) }, uniquingKeysWith: +)
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return sorted.count == 1
      ? sorted[0].key : sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  var tensorLines: [String] {
    (checkpoint?.entries ?? []).sorted { $0.name < $1.name }.map { entry in
      "    \(entry.name.printable())  \(entry.type.rawValue)  \(entry.shape)"
    }
  }

  /// "14.29 billion", "1.4 million", "88 thousand".
  private static func count(_ count: Int) -> String {
    switch count {
    case 1_000_000_000...: String(format: "%.2f billion", Double(count) / 1e9)
    case 1_000_000...: String(format: "%.1f million", Double(count) / 1e6)
    case 10_000...: "\(count / 1000) thousand"
    default: "\(count)"
    }
  }
}

/// What `inspect` asks of the configuration of a part.
private protocol InspectedConfiguration {
  var inWords: [String] { get }
  func verify(_ checkpoint: Checkpoint) throws(CheckpointError)
}

extension TransformerConfiguration: InspectedConfiguration {
  fileprivate func verify(_ checkpoint: Checkpoint) throws(CheckpointError) {
    try checkpoint.verify(against: expectedTensors)
  }

  fileprivate var inWords: [String] {
    [
      "width \(dim), layers \(numLayers), heads \(numAttentionHeads)×\(attentionHeadDim), feed-forward \(ffnDim)",
      "\(inChannels) latent channels, patches \(patchSize.map(String.init).joined(separator: "×")), text \(textDim)",
    ]
  }
}

extension TextEncoderConfiguration: InspectedConfiguration {
  fileprivate var inWords: [String] {
    ["width \(dModel), layers \(numLayers), heads \(numHeads)×\(dKv), feed-forward \(dFf), ids \(vocabSize)"]
  }
}

extension VAEConfiguration: InspectedConfiguration {
  fileprivate func verify(_ checkpoint: Checkpoint) throws(CheckpointError) {
    try checkpoint.verify(against: expectedTensors)
  }

  fileprivate var inWords: [String] {
    func widths(_ base: Int) -> String { dimMult.map { String($0 * base) }.joined(separator: ", ") }
    let all = widths(baseDim) + (decoderBaseDim == baseDim ? "" : " (decoder \(widths(decoderBaseDim)))")
    return [
      "\(zDim) latent channels, widths \(all), one latent for \(temporalStride) frames of "
        + "\(spatialStride)×\(spatialStride) pixels"
    ]
  }
}
