public import Checkpoints
public import Tensors

/// A model whose parts are opened one at a time, in any layout: a diffusers folder, the official repository's, or
/// single weights files.
///
///     let folder = ModelFolder(path: "models/wan2.2-t2v-a14b")
///     let other = ModelFolder(path: "diffusion_models/wan2.2_t2v_high_noise_14B.gguf")    // finds what belongs to it
///     let vae = try folder.vaeDecoder(on: device)
///
/// Opening a part maps its files and checks names and shapes; no weight is read before it is used.
public struct ModelFolder: Hashable, Sendable {
  public let path: String
  /// What is added to the transformers, in this order.
  public let loras: [AppliedLoRA]
  /// Experts that were chosen one by one.
  public let chosenExperts: ChosenExperts
  private let layout: ModelLayout
  /// Whether all weights count as zeros that take no memory: for rehearsals.
  public var isHollow: Bool

  /// Looks where the parts lie; files that come later are not seen.
  public init(path: String, loras: [AppliedLoRA] = [], experts: ChosenExperts = ChosenExperts(), isHollow: Bool = false)
  {
    self.path = path
    self.loras = loras
    chosenExperts = experts
    layout = ModelLayout(path: path, experts: experts)
    self.isHollow = isHollow
  }

  /// The same model with other LoRAs.
  public func with(loras: [AppliedLoRA]) -> ModelFolder {
    ModelFolder(path: path, loras: loras, experts: chosenExperts, layout: layout, isHollow: isHollow)
  }

  private init(path: String, loras: [AppliedLoRA], experts: ChosenExperts, layout: ModelLayout, isHollow: Bool) {
    self.path = path
    self.loras = loras
    chosenExperts = experts
    self.layout = layout
    self.isHollow = isHollow
  }

  /// The transformer for high noise levels, or for all if the model has only one, and the one for low levels.
  public static let experts = ["transformer", "transformer_2"]

  /// What describes a part, for messages: its configuration or its weights.
  func file(_ component: String) -> String {
    layout.configuration(component) ?? layout.weights(component)
  }

  /// Whether this is a model with all its parts, and not one part by itself.
  public var isWhole: Bool { layout.kind != .part }

  var kind: ModelLayout.Kind { layout.kind }

  /// Whether the experts are files of their own.
  var hasSingleFileExperts: Bool { layout.hasSingleFileExperts }

  func configurationFile(_ component: String) -> String? { layout.configuration(component) }

  /// The folder or file of a part.
  public func location(_ component: String) -> String {
    component == "tokenizer" ? layout.tokenizer : layout.weights(component)
  }

  public func pipelineConfiguration() throws(CheckpointError) -> PipelineConfiguration {
    try layout.pipelineConfiguration()
  }

  /// The sampling settings that came with it; nil if there are none, as in all layouts but that of diffusers.
  public func schedulerConfiguration() throws(CheckpointError) -> SchedulerConfiguration? {
    let file = "\(path)/scheduler/\(SchedulerConfiguration.fileName)"
    return ModelLayout.exists(file) ? try SchedulerConfiguration(file: file) : nil
  }

  private func part(_ component: String) -> ModelPart {
    switch component {
    case "text_encoder": .textEncoder
    case "vae": .vae
    default: .transformer
    }
  }

  /// Those that are added to a part.
  public func loras(of component: String) -> [AppliedLoRA] {
    Self.experts.contains(component) ? loras.filter { $0.component ?? component == component } : []
  }

  /// The part's tensors under our names, with the LoRAs that are for it.
  public func checkpoint(_ component: String) throws(CheckpointError) -> Checkpoint {
    var checkpoint = try part(component).open(layout.weights(component))
    if isHollow { checkpoint = try checkpoint.hollow() }
    for use in loras(of: component) {
      checkpoint = try checkpoint.adding(try LoRA(path: use.path), strength: use.strength)
    }
    return checkpoint
  }

  /// Tells this model from any other; see ``Fingerprint``.
  public func fingerprint(_ memory: FingerprintMemory = FingerprintMemory()) throws(CheckpointError) -> String {
    let pipeline = try pipelineConfiguration()
    var paths: [String] = []
    for component in ["text_encoder"] + Self.experts + ["vae"] where pipeline.contains(component) {
      if let configuration = layout.configuration(component) { paths.append(configuration) }
      paths += try Checkpoint(path: layout.weights(component)).files.map(\.path)
    }
    return try memory.fingerprint(of: paths + loras.map(\.path))
  }
}

extension ModelFolder {
  /// Tells what turns texts into embeddings from any other: the text encoder and its tokenizer.
  public func textFingerprint(_ memory: FingerprintMemory = FingerprintMemory()) throws(CheckpointError) -> String {
    let tokenizer = location("tokenizer")
    let files =
      ModelLayout.isFolder(tokenizer)
      ? Tokenizer.fileNames.map { "\(tokenizer)/\($0)" }.filter(ModelLayout.exists) : [tokenizer]
    return try memory.fingerprint(of: try self.files(of: "text_encoder") + files)
  }
}

/// A LoRA file and how it is used.
public struct AppliedLoRA: Hashable, Sendable {
  public var path: String
  /// Factor of everything that it adds.
  public var strength: Double
  /// The expert that it is for, by its name among ``ModelFolder/experts``; nil for all.
  public var component: String?

  public init(path: String, strength: Double = 1, component: String? = nil) {
    self.path = path
    self.strength = strength
    self.component = component
  }
}

// MARK: - Configurations

extension ModelFolder {
  public func transformerConfiguration(_ component: String) throws(CheckpointError) -> TransformerConfiguration {
    guard let file = layout.configuration(component) else {
      return try TransformerConfiguration(shapesOf: ModelPart.transformer.open(layout.weights(component)))
    }
    if try JSON(file: file, part: "configuration")["_class_name"]?.string == "WanModel" {
      return try TransformerConfiguration(official: file, ModelPart.transformer.open(layout.weights(component)))
    }
    return try TransformerConfiguration(file: file)
  }

  public func textEncoderConfiguration() throws(CheckpointError) -> TextEncoderConfiguration {
    if let file = layout.configuration("text_encoder") { return try TextEncoderConfiguration(file: file) }
    return try TextEncoderConfiguration(shapesOf: ModelPart.textEncoder.open(layout.weights("text_encoder")))
  }

  public func vaeConfiguration() throws(CheckpointError) -> VAEConfiguration {
    if let file = layout.configuration("vae") { return try VAEConfiguration(file: file) }
    return try VAEConfiguration(shapesOf: ModelPart.vae.open(layout.weights("vae")))
  }
}

// MARK: - Parts

extension ModelFolder {
  /// - Parameter component: one of ``experts``.
  public func transformer(_ component: String, on device: any Device) throws -> Transformer {
    let configuration = try transformerConfiguration(component)
    let checkpoint = try checkpoint(component)
    try checkpoint.verify(against: configuration.expectedTensors)
    return try Transformer(configuration, checkpoint, on: device)
  }

  public func tokenizer() throws(CheckpointError) -> Tokenizer { try Tokenizer(path: layout.tokenizer) }

  public func textEncoder(on device: any Device) throws -> TextEncoder {
    let configuration = try textEncoderConfiguration()
    let checkpoint = try checkpoint("text_encoder")
    try configuration.verify(checkpoint)
    return try TextEncoder(configuration, checkpoint, on: device)
  }

  public func vaeEncoder(on device: any Device) throws -> VAEEncoder {
    let configuration = try vaeConfiguration()
    let checkpoint = try checkpoint("vae")
    try checkpoint.verify(against: configuration.expectedTensors)
    return try VAEEncoder(configuration, checkpoint, on: device)
  }

  public func vaeDecoder(on device: any Device) throws -> VAEDecoder {
    let configuration = try vaeConfiguration()
    let checkpoint = try checkpoint("vae")
    try checkpoint.verify(against: configuration.expectedTensors)
    return try VAEDecoder(configuration, checkpoint, on: device)
  }
}
