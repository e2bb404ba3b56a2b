import ArgumentParser
import Checkpoints
import Tensors
import WanModel

/// `moviola bench text`: encoding a prompt with layers of UMT5-XXL.
struct TextBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text", abstract: "Encode a prompt with random weights in the shapes of UMT5-XXL.")

  @Option(help: "Layers; the model has 24. Rates stay comparable.")
  var layers = 2

  @Option(help: "Tokens of the prompt.")
  var tokens = 512

  @OptionGroup var options: BenchOptions

  func validate() throws {
    guard (1...24).contains(layers) else { throw ValidationError("--layers is a number from 1 to 24.") }
    guard (1...512).contains(tokens) else { throw ValidationError("--tokens is a number from 1 to 512.") }
  }

  func run() throws {
    let configuration = TextEncoderConfiguration(
      vocabSize: 1024, dModel: 4096, dKv: 64, dFf: 10240, numLayers: layers, numHeads: 64)
    let checkpoint = try RandomWeights.checkpoint(configuration.expectedTensors)
    let ids = (0..<tokens).map { Int32(3 + $0 * 7 % 1000) }
    let measurement = try Measurement(options, limit: .products) { cpu in
      let encoder = try TextEncoder(configuration, checkpoint, on: cpu)
      return { _ = try encoder(ids) { false } }
    }
    try BenchReport(
      work: "text", subject: "\(tokens) tokens, \(Units.count(layers, "layer")) of UMT5-XXL", options: options,
      measurement: measurement, numbers: ["tokens": Double(tokens), "layers": Double(layers)]
    ).write()
  }
}
