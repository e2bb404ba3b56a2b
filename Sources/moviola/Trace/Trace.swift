public import ArgumentParser
import Checkpoints
public import Tensors

/// `moviola trace`: one stage on one case of the conformance kit, so that every number on the way from a prompt to
/// a clip can be compared with other implementations.
struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run one stage of the pipeline on a conformance case and write its tensors.")

  @Argument(help: "The folder of the case: case.json and inputs.safetensors.")
  var folder: String

  @Option(help: "reference, fast or turbo.")
  var precision: Precision = .reference

  @Option(help: "The safetensors file to write.")
  var output: String

  private typealias Stage = @Sendable (TraceCase) throws -> [(name: String, tensor: Tensor)]

  private static let stages: [String: Stage] = [
    "noise": TraceSampling.noise,
    "schedule": TraceSampling.schedule,
    "pipeline": TracePipeline.run,
    "text-encode": TraceModel.textEncode,
    "tokenize": TraceTokenize.tokenize,
    "transformer": TraceModel.transformer,
    "vae-decode": TraceModel.vaeDecode,
    "vae-encode": TraceModel.vaeEncode,
  ]

  func run() throws {
    let test = try TraceCase(folder: folder, device: CPU(precision: precision))
    let name = try test.string("stage")
    guard let stage = Self.stages[name] else { throw test.failure("the stage \"\(name)\" is not supported") }
    try SafetensorsWriter.write(try stage(test), to: output)
  }
}

extension Tensors.Precision: ExpressibleByArgument {}
