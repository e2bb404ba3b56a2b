import ArgumentParser
import Foundation
import Media
import Production
import Rendering

/// One `moviola render` from arguments to clip: resolves the recipe, names the clip, runs the job, minds signals.
struct RenderSession {
  let request: ClipRequest
  /// Where the clip goes: a file, - for standard output, or nil for a name that is made.
  let output: String?
  let provider: EngineProvider
  let reporter: any Reporter
  var recording = RenderRecording.off

  func run() async throws {
    // A reader that goes away is an error of its write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let (recipe, engine, origin) = try resolve()
    try recipe.check(on: engine.grid)
    let destination = try destination(for: recipe)
    reporter.started(recipe, output: destination.name)
    for note in provider.notes(recipe) { reporter.received(.warning(note)) }
    var job = RenderJob(recipe, engine: engine, destination: destination)
    job.origin = origin
    let render = try await run(job)
    reporter.finished(render)
  }

  private func run(_ job: RenderJob) async throws -> Render {
    let (reporter, recording) = (reporter, recording)
    let task = Task { try await recording.run(job) { reporter.received($0) } }
    let interrupts = Interrupts(
      first: {
        task.cancel()
        reporter.cancelling()
      },
      stillWaiting: {
        reporter.note("cancelling; waiting for the engine to leave its current block, Ctrl-C again to quit now")
      },
      second: {
        PartialFiles.removeAll()
        reporter.leave()
        _exit(Interrupts.exitReason.rawValue)
      })
    defer { interrupts.stop() }
    return try await task.value
  }

  /// The recipe: from a clip or the model's defaults, with the arguments on top; and that of the clip alone.
  func resolve() throws -> (Recipe, any RenderEngine, origin: Recipe?) {
    let prompt = try promptText()
    if let prompt { try Recipe.check(prompt: prompt) }
    let origin = try request.from.map(ClipMetadata.recipe)
    let (recipe, engine) = try origin.map { try resolve($0, prompt) } ?? resolveModel(prompt)
    return (recipe, engine.within(request.options.limits), origin)
  }

  private func resolveModel(_ prompt: String?) throws -> (Recipe, any RenderEngine) {
    var (engine, recipe) = try provider.open(request.options.model, experts: request.options.modelOptions.experts)
    // Short enough to type again, and exact in every JSON reader.
    recipe.seed = UInt64.random(in: 0...UInt64(UInt32.max))
    return (finish(recipe, prompt), engine)
  }

  private func resolve(_ embedded: Recipe, _ prompt: String?) throws -> (Recipe, any RenderEngine) {
    var recipe = embedded
    let chosen = request.options.modelOptions
    guard chosen.model != nil || chosen.experts != nil else {
      return (finish(recipe, prompt), try engine(of: recipe))
    }
    let (engine, defaults) = try provider.open(chosen.model ?? recipe.model, experts: chosen.experts)
    (recipe.model, recipe.experts, recipe.modelFingerprint) = (defaults.model, defaults.experts, nil)
    return (finish(recipe, prompt), engine)
  }

  private func engine(of embedded: Recipe) throws -> any RenderEngine {
    do {
      return try provider.open(embedded.model, experts: embedded.experts).engine
    } catch let error as RenderError where error.code == .badModel {
      throw RenderError(
        .badModel, "the clip was made with the model \(embedded.model), but \(error.what)",
        remedy: "say with --model where it is now")
    }
  }

  private func finish(_ recipe: Recipe, _ prompt: String?) -> Recipe {
    var recipe = recipe
    if let prompt { recipe.prompt = prompt }
    request.options.apply(to: &recipe)
    return recipe
  }

  private func promptText() throws -> String? {
    guard request.prompt == "-" else { return request.prompt }
    if Console.isTerminal(STDIN_FILENO) { reporter.note("type the prompt, then Ctrl-D on a line of its own") }
    return try PromptInput.read()
  }

  func destination(for recipe: Recipe) throws -> ClipDestination {
    let name = ClipName.make(prompt: recipe.prompt, seed: recipe.seed)
    switch output {
    case nil: return .file(ClipDestination.free(name), replacing: false)
    case "-":
      guard StandardStreams.takesOutput() else {
        throw RenderError(
          .inputOutput, "standard output is closed, so that it takes no MP4",
          remedy: "redirect it to a file or a pipe, or give -o a file name")
      }
      guard !Console.isTerminal(STDOUT_FILENO) else {
        throw RenderError(
          .inputOutput, "standard output is a terminal, which cannot show an MP4",
          remedy: "pipe it, as in -o - | ffplay -, or give -o a file name")
      }
      let isWritable = access(".", W_OK) == 0
      return .pipe(
        descriptor: STDOUT_FILENO,
        keepingBeside: isWritable ? name : FileManager.default.temporaryDirectory.path + "/" + name)
    case let path?: return .file(path, replacing: true)
    }
  }
}

extension ClipDestination {
  /// As in the first event; the clip may get a number at the end.
  var name: String {
    switch self {
    case .file(let path, _): path
    case .pipe: "-"
    }
  }
}
