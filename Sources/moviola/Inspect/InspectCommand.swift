import ArgumentParser
import Checkpoints
import Foundation
import Models
import WanModel

/// `moviola inspect`: describes a model, or says in one line why it is damaged.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Describe a model folder or weights file, or say what is wrong with it.",
    discussion: """
      PATH is a model (its name or folder), one component of it (a folder with config.json and weights), \
      a tokenizer folder, or one weights file. Headers, names and shapes are checked against the \
      configuration, every value is read to find NaN and infinity, and a SHA256SUMS file beside the weights is \
      compared.
      """)

  @Argument(help: "A model's name or folder, a component folder or a weights file.")
  var path: String

  @Flag(help: "Do not read the values: checks neither for NaN nor checksums.")
  var quick = false

  @Flag(help: "List every tensor with its type and shape.")
  var tensors = false

  func run() throws {
    let withoutSlash = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let isPath = InspectedSubject.exists(withoutSlash)
    let subject = try InspectedSubject(
      path: isPath ? withoutSlash : ModelRegistry.live().resolve(path).location.path)
    if !quick { try subject.verifyValues() }
    Console.output(subject.report(listingTensors: tensors))
  }
}
