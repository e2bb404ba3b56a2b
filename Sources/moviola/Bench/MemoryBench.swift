import ArgumentParser
import Foundation
import LocalEngine
import Media
import Production
import Rendering
import WanModel

/// `moviola bench memory`: renders with a hollow model of a published shape, and compares the memory that it takes
/// with the plan.
struct MemoryBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Compare planned with measured memory on a model of a published shape.",
    discussion: """
      The model is made for the purpose: its weights are holes in files, which take no disk and read as zeros. All \
      else is as in a render: text encoder, experts, VAE, video encoder. Times are those of real weights, too, so a \
      step of the a14b shape takes as long as it would.
      """)

  @Option(help: ArgumentHelp("nano, 1.3b, 5b or a14b.", valueName: "s"))
  var shape = ModelShape.nano

  @OptionGroup var run: MemoryBenchRun

  @Option(help: ArgumentHelp("A folder on a disk for the model's files.", valueName: "dir"))
  var folder: String = FileManager.default.temporaryDirectory.path(percentEncoded: false)

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  @Flag(help: "Measure every row of the README's table, each in a process of its own.")
  var table = false

  mutating func run() async throws {
    if table { return try MemoryTable(folder: folder).print() }
    let place = URL(filePath: folder).appending(path: "moviola-bench-\(ProcessInfo.processInfo.processIdentifier)")
    let path = place.path(percentEncoded: false)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let model = try HollowModel(shape, in: path)
    let result = try await run.measure(shape, model.path, clip: "\(path)/clip.mp4")
    Console.output(json ? try result.json() : result.text)
  }
}

/// What is rendered.
struct MemoryBenchRun: ParsableArguments {
  @Option(help: ArgumentHelp("Pixels, as in 832x480 (default: the model's).", valueName: "WxH"), transform: Size.init)
  var size: Size?

  @Option(help: ArgumentHelp("How many frames: 4n+1 (default: the model's).", valueName: "n"))
  var frames: Int?

  @Option(help: ArgumentHelp("Denoising steps; from 2 on both experts take part.", valueName: "n"))
  var steps = 1

  @Option(help: ArgumentHelp("The most memory that it may take, as in 6GiB.", valueName: "bytes"))
  var maxMemory: ByteCount?

  @Option(help: ArgumentHelp("Arithmetic: reference, fast or turbo.", valueName: "p"))
  var precision = Rendering.Precision.fast

  func measure(_ shape: ModelShape, _ path: String, clip: String) async throws -> MemoryResult {
    let engine = try LocalEngine(
      folder: ModelFolder(path: path), name: shape.rawValue, limits: EngineLimits(maxMemory: maxMemory?.bytes))
    let recipe = try recipe(engine.defaults)
    let plan = try engine.plan(recipe)
    let firstExpert = plan.phases.dropFirst().first { $0.steps > 0 }?.component ?? .vae
    let sampler = MemorySampler()
    sampler.start()
    defer { sampler.stop() }
    let reporter = LineReporter(showsPath: false)
    reporter.started(recipe, output: clip)
    let job = RenderJob(recipe, engine: engine, destination: .file(clip, replacing: true))
    let render = try await job.run { event in
      if case .engine(.planned) = event { sampler.enter(.textEncoder) }
      if case .engine(.textEncoded) = event { sampler.enter(firstExpert) }
      if case .engine(.loading(let loading)) = event { sampler.enter(loading.component) }
      if case .checking = event { sampler.stop() }
      reporter.received(event)
    }
    return MemoryResult(shape: shape, run: self, recipe: recipe, plan: plan, sampler: sampler, render: render)
  }

  private func recipe(_ defaults: Recipe) throws -> Recipe {
    var recipe = defaults
    recipe.prompt = "A red ball bounces in a grid room, soft light, static shot."
    if let size { (recipe.width, recipe.height) = (size.width, size.height) }
    if let frames { recipe.frameCount = frames }
    (recipe.steps, recipe.precision, recipe.preset) = (steps, precision, .official)
    let schedule = try Schedule(solver: .unipc, preset: .official, steps: steps, shift: recipe.shift)
    // Half of the steps for each expert.
    recipe.boundary = Double(schedule.timesteps[(steps - 1) / 2]) / 1000
    return recipe
  }
}
