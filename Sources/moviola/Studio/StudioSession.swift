import BuiltInModel
import Catalog
import Foundation
import History
import Media
import Models
import Production
import Prompting
import Rendering
import Studio
import Tensors
import Terminal

/// One studio from arguments to its end: opens everything, runs the loop on its own thread and the queue beside it.
struct StudioSession {
  private let home: MoviolaHome
  private let environment: [String: String]
  private let settings: StudioSettings
  private let chosen: ModelOptions
  private let registry: ModelRegistry

  init(_ command: StudioCommand) {
    environment = ProcessInfo.processInfo.environment
    home = MoviolaHome(environment: environment)
    var settings = StudioSettings.load(home.configFile, environment: environment)
    command.apply(to: &settings)
    self.settings = settings
    chosen = command.modelOptions
    registry = chosen.registry
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let desk = ModelDesk(.live(registry))
    let (defaults, notice) = try await open(desk)
    let ledger = try Ledger(at: home.ledgerFile)
    let runner = JobRunner(ledger, into: RenderPlace(home.renders), explaining: Failure.ofJob) { recipe in
      try await desk.open(recipe.modelReference).engine
    }
    let draft = DraftFile(url: home.state.appending(path: "draft.json"))
    let state = state(defaults, draft, notice)
    let isGiven = chosen.model != nil || chosen.experts != nil
    let models = StudioModels(registry: registry, given: isGiven ? defaults.modelReference : nil)
    let world = world(ledger, desk, draft, models)
    let (ending, rendering) = try await loop(state, world, ledger, runner, draft)
    await end(ending, runner, rendering)
  }

  /// The model that was named, or else the one of the last studio. If that one cannot be opened any more, the built-in
  /// one takes its place, and the reason is told.
  private func open(_ desk: ModelDesk) async throws -> (Recipe, Notice?) {
    if let wanted = chosen.model ?? chosen.experts?.high ?? chosen.experts?.low {
      return (try await desk.open(named: wanted, experts: chosen.experts), nil)
    }
    do {
      let last = try StudioModels(registry: registry, given: nil).remembered()
      return (try await desk.open(last ?? ModelReference(BuiltInModel.name)).defaults, nil)
    } catch {
      let why = Failure(error).sentence
      return (try await desk.open(ModelReference(BuiltInModel.name)).defaults, Notice(.bad, why, why))
    }
  }

  private func state(_ defaults: Recipe, _ draft: DraftFile, _ notice: Notice?) -> StudioState {
    let catalog = Catalog.load(userFolder: home.config)
    var state = StudioState(catalog: catalog, options: settings.options, recipe: defaults)
    state.now = Date()
    state.calendar = .current
    if let last = draft.read() { state.restore(last) }
    let problems = (settings.problems(in: catalog) + catalog.problems).map {
      Bilingual($0.sentence(.en), $0.sentence(.zh))
    }
    let sentences = (notice.map { [$0.text] } ?? []) + problems
    if let notice = Notice.problems(sentences) { _ = update(&state, .notice(notice)) }
    return state
  }

  private func world(
    _ ledger: Ledger, _ desk: ModelDesk, _ draft: DraftFile, _ models: StudioModels
  ) -> StudioWorld {
    let environment = environment
    let plans = PlanReports(desk: desk, ledger: ledger, renders: home.renders)
    var world = StudioWorld(
      ledger: ledger.client,
      plan: { recipe in await plans.report(recipe) },
      countTokens: { text, model in await desk.countTokens(text, model: model) },
      findModels: { models.find() },
      openModel: { id in try await desk.open(id).defaults },
      readMemory: { MemoryProbe.read() },
      openFile: { path in SystemPlayer.open(path, environment: environment) },
      saveDraft: { draft.write($0) },
      readLog: { [log = home.log] in LogFile(log).lines(of: $0) },
      queueGrew: {})
    world.rememberModel = { try models.remember($0) }
    world.verifyModel = { try await models.verify($0, $1) }
    return world
  }

  /// Runs the loop on a thread of its own; the queue renders beside it.
  private func loop(
    _ state: StudioState, _ world: StudioWorld, _ ledger: Ledger, _ runner: JobRunner, _ draft: DraftFile
  ) async throws -> (StudioLoop.Ending, Task<Void, Never>) {
    var options = ScreenOptions()
    options.pictures = settings.preview
    options.mouse = settings.options.hasMouse
    options.ascii = settings.options.isASCII
    let screenOptions = options
    return try await withCheckedThrowingContinuation { continuation in
      let thread = Thread {
        ThreadName.set("screen")
        do throws(TerminalError) {
          let screen = try TerminalScreen(options: screenOptions)
          let mailbox = Mailbox(screen.waker)
          let effects = EffectRunner(world) { mailbox.put($0) }
          let rendering = Task { await QueueNews(runner, ledger).run { mailbox.put($0) } }
          let loop = StudioLoop(state, screen: screen, mailbox: mailbox, effects: effects)
          let ending = loop.run()
          mailbox.close()
          draft.finish(loop.state.draft)
          if case .signal(let number) = ending {
            PartialFiles.removeAll()
            screen.die(of: number)
          }
          screen.close()
          if loop.state.isRenderingHere, case .quit = ending { Console.error("moviola: stopping the render…\n") }
          continuation.resume(returning: (ending, rendering))
        } catch {
          continuation.resume(throwing: RenderError(.inputOutput, error.what, remedy: error.remedy))
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// A window that was closed stops no render; a person who quits has been asked.
  private func end(_ ending: StudioLoop.Ending, _ runner: JobRunner, _ rendering: Task<Void, Never>) async {
    runner.retire()
    if case .quit = ending { rendering.cancel() }
    await rendering.value
  }
}
