public import Checkpoints
public import Tensors

/// A model in the diffusers layout, whose parts are opened one at a time.
///
///     let folder = ModelFolder(path: "models/wan2.2-t2v-a14b")
///     let vae = try folder.vaeDecoder(on: device)
///
/// Opening a part maps its files and checks names and shapes; no weight is read before it is used.
public struct ModelFolder: Hashable, Sendable {
  public let path: String
  public init(path: String) { self.path = path }

  /// The transformer for high noise levels, or for all if the model has only one, and the one for low levels.
  public static let experts = ["transformer", "transformer_2"]

  func file(_ component: String, _ name: String = "config.json") -> String { "\(path)/\(component)/\(name)" }

  public func pipelineConfiguration() throws(CheckpointError) -> PipelineConfiguration {
    try PipelineConfiguration(file: "\(path)/\(PipelineConfiguration.fileName)")
  }

  public func transformerConfiguration(_ component: String) throws(CheckpointError) -> TransformerConfiguration {
    try TransformerConfiguration(file: file(component))
  }

  public func textEncoderConfiguration() throws(CheckpointError) -> TextEncoderConfiguration {
    try TextEncoderConfiguration(file: file("text_encoder"))
  }

  public func vaeConfiguration() throws(CheckpointError) -> VAEConfiguration {
    try VAEConfiguration(file: file("vae"))
  }

  public func checkpoint(_ component: String) throws(CheckpointError) -> Checkpoint {
    try Checkpoint(path: "\(path)/\(component)")
  }

  /// - Parameter component: one of ``experts``.
  public func transformer(_ component: String, on device: any Device) throws -> Transformer {
    let configuration = try transformerConfiguration(component)
    let checkpoint = try checkpoint(component)
    try checkpoint.verify(against: configuration.expectedTensors)
    return try Transformer(configuration, checkpoint, on: device)
  }

  /// The tokenizer; also where the official repository's layout has it.
  public func tokenizer() throws(CheckpointError) -> Tokenizer {
    let official = "\(path)/google/umt5-xxl"
    let isOfficial = (try? MappedFile(path: "\(official)/spiece.model")) != nil
    return try Tokenizer(folder: isOfficial ? official : "\(path)/tokenizer")
  }

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

  /// Tells this model from any other; see ``Fingerprint``.
  public func fingerprint() throws(CheckpointError) -> String {
    let pipeline = try pipelineConfiguration()
    var paths: [String] = []
    for component in ["text_encoder"] + Self.experts + ["vae"] where pipeline.contains(component) {
      paths += [file(component)] + (try checkpoint(component)).files.map(\.path)
    }
    return try Fingerprint.of(paths)
  }
}
