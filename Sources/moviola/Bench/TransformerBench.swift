import ArgumentParser
import BuiltInModel
import Checkpoints
import Tensors
import WanModel

/// `moviola bench transformer`: one pass of an expert over noisy latents.
struct TransformerBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transformer", abstract: "One pass of a transformer, with random weights.")

  enum Shape: String, ExpressibleByArgument, CaseIterable {
    case small = "1.3b"
    case dense = "5b"
    case expert = "a14b"
    case nano
  }

  @Option(help: "The model's dimensions: 1.3b, 5b, a14b or nano.")
  var shape: Shape = .small

  @Option(help: "Fewer layers than the model has; rates stay comparable.")
  var layers: Int?

  @Option(help: "Latent frames x height x width; 5x32x52 is 17 frames of 416x256.")
  var latent = LatentSize(frames: 5, height: 32, width: 52)

  @OptionGroup var options: BenchOptions

  func validate() throws {
    if let layers, !(1...1000).contains(layers) { throw ValidationError("--layers is a number from 1 to 1000.") }
    guard latent.height.isMultiple(of: 2), latent.width.isMultiple(of: 2) else {
      throw ValidationError("--latent needs an even height and width, because a token is 2 x 2 latents.")
    }
  }

  func run() throws {
    var configuration = try shape.configuration()
    if let layers { configuration.numLayers = layers }
    let checkpoint = try RandomWeights.checkpoint(configuration.expectedTensors)
    let latents = Noise.normal(latent.shape(channels: configuration.inChannels), seed: 1)
    let measurement = try Measurement(options, limit: .products) { cpu in
      let transformer = try Transformer(configuration, checkpoint, on: cpu)
      let text = transformer.remember(Noise.normal([512, configuration.textDim], seed: 2))
      return { _ = try transformer(latents, timestep: 500, text: text) { false } }
    }
    let tokens = latent.frames * latent.height * latent.width / 4
    let subject = "\(shape.rawValue), \(tokens) tokens, \(Units.count(configuration.numLayers, "layer"))"
    try BenchReport(
      work: "transformer", subject: subject, options: options, measurement: measurement,
      numbers: ["tokens": Double(tokens), "layers": Double(configuration.numLayers)]
    ).write()
  }
}

extension TransformerBench.Shape {
  func configuration() throws -> TransformerConfiguration {
    switch self {
    case .small:
      TransformerConfiguration(numAttentionHeads: 12, attentionHeadDim: 128, textDim: 4096, ffnDim: 8960, numLayers: 30)
    case .dense:
      TransformerConfiguration(
        numAttentionHeads: 24, attentionHeadDim: 128, inChannels: 48, outChannels: 48, textDim: 4096, ffnDim: 14336,
        numLayers: 30)
    case .expert:
      TransformerConfiguration(
        numAttentionHeads: 40, attentionHeadDim: 128, textDim: 4096, ffnDim: 13824, numLayers: 40)
    case .nano: try TransformerConfiguration(file: BuiltInModel.path + "/transformer/config.json")
    }
  }
}

/// "5x32x52": latent frames, height and width.
struct LatentSize: ExpressibleByArgument, Sendable {
  let frames: Int
  let height: Int
  let width: Int

  init(frames: Int, height: Int, width: Int) { (self.frames, self.height, self.width) = (frames, height, width) }

  init?(argument: String) {
    let numbers = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard numbers.count == 3, numbers.allSatisfy({ (1...4096).contains($0) }) else { return nil }
    self.init(frames: numbers[0], height: numbers[1], width: numbers[2])
  }

  var defaultValueDescription: String { "\(frames)x\(height)x\(width)" }

  func shape(channels: Int) -> [Int] { [frames, height, width, channels] }
}
