import ArgumentParser
import Foundation
import Models
import Rendering

/// `moviola models verify`: reads a whole model and says whether every byte is right.
struct VerifyModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read every byte of a model and compare it with what is known of it.",
    discussion: """
      First names and shapes of all tensors; if they are wrong, that is the answer. Then every file is read once, \
      several at a time. Its SHA-256 is compared with the checksum files beside it (SHA256SUMS and the like), with \
      the name that it has in the Hugging Face cache, or with what Moviola wrote down when the model was verified or \
      used before. Values are checked meanwhile: no NaN, no infinity, no matrix of zeros. A wrong file is named \
      together with what to fetch again.

      The result is remembered with size and date of every file: moviola models, the studio and render know it \
      without reading the model again, and notice a file that has changed.

      Exit code 0: sound. 3: damaged, or not a model. 5: a file cannot be read or the result not be written.

      \(ExitReason.table)
      """)

  @Argument(help: "A model's name, folder or file.")
  var model: String

  @OptionGroup var experts: ExpertOptions

  @Option(help: ArgumentHelp("A ComfyUI folder in which the name is looked for as well.", valueName: "dir"))
  var comfyui: String?

  @Flag(help: "Do not read files again that have the size and date of the last verification.")
  var quick = false

  @Flag(help: "Take files that differ from Moviola's own record as they are now.")
  var accept = false

  @Flag(help: "Print every event as a JSON object on a line of its own.")
  var json = false

  func run() throws {
    ModelsCommand.noteProblems()
    let registry = ModelRegistry.live(comfyUI: comfyui)
    var location = try registry.resolve(model).location
    if let files = experts.files { location.experts = files }
    let reporter: any VerifyReporter = json ? JSONVerifyReporter() : PersonVerifyReporter(root: location.path)
    do {
      try verify(location, registry, reporter)
    } catch {
      reporter.failed(Failure(error))
      throw error
    }
  }

  private func verify(
    _ location: ModelLocation, _ registry: ModelRegistry, _ reporter: any VerifyReporter
  ) throws {
    let options = VerificationOptions(trustsUnchanged: quick, acceptsChanges: accept)
    let report = try registry.verify(location, options: options, observe: { reporter.received($0) })
    reporter.finished(report)
    guard let first = report.problems.first else { return }
    let count = report.problems.count
    throw RenderError(.badModel, count == 1 ? first : "\(count) problems, the first: \(first)")
  }
}
