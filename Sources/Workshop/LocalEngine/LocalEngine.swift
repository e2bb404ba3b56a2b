public import Checkpoints
public import Rendering
import Synchronization
import Tensors
public import WanModel

/// Renders on this machine's processor, on a thread of its own, one render at a time.
///
///     let engine = try LocalEngine(folder: ModelFolder(path: "models/wan2.2-t2v-a14b"), name: "a14b")
///     var recipe = engine.defaults
///     recipe.prompt = "a red ball bounces in a grid room"
///     for try await event in engine.render(recipe) { … }
public final class LocalEngine: RenderEngine {
  public let folder: ModelFolder
  /// The model's own settings, with an empty prompt and seed 0.
  public let defaults: Recipe
  public let grid: ClipGrid
  private let preview: LatentPreview
  private let limits: EngineLimits
  private let base: ProcessFootprint
  private let facts: FactsByFolder
  private let shelf: StateShelf?
  private let texts: TextCache?
  private let fingerprints: FingerprintMemory
  private let thread: EngineThread

  /// - Parameters:
  ///   - folder: a model with all its parts, in any layout.
  ///   - name: what recipes call it.
  ///   - limits: what it may take of this machine.
  ///   - shelf: where half-done renders are kept, to go on with later; nil keeps none.
  ///   - texts: where encoded texts are kept; nil keeps none.
  ///   - fingerprints: what is known of the model's files.
  /// - Throws: ``RenderError`` if it is not a model, or its settings are damaged.
  public init(
    folder: ModelFolder, name: String, limits: EngineLimits = EngineLimits(), shelf: StateShelf? = nil,
    texts: TextCache? = nil, fingerprints: FingerprintMemory = FingerprintMemory()
  ) throws {
    self.folder = folder
    (self.shelf, self.texts, self.fingerprints) = (shelf, texts, fingerprints)
    self.limits = limits
    (base, facts, thread) = (.now, FactsByFolder(), EngineThread())
    do {
      let defaults = try ModelDefaults(folder: folder, name: name)
      self.defaults = defaults.recipe
      preview = defaults.preview
      grid = try RecipeLimits(folder.transformerConfiguration(ModelFolder.experts[0]), folder.vaeConfiguration()).grid
    } catch {
      throw EngineFailure.renderError(error)
    }
    // What the libraries can do on this processor is tried once, before somebody waits for it.
    thread.async { _ = CPU(precision: .fast) }
  }

  private init(_ other: LocalEngine, limits: EngineLimits) {
    (folder, defaults, preview) = (other.folder, other.defaults, other.preview)
    (base, facts, thread) = (other.base, other.facts, other.thread)
    (grid, shelf, texts, fingerprints) = (other.grid, other.shelf, other.texts, other.fingerprints)
    self.limits = limits
  }

  public func within(_ limits: EngineLimits) -> any RenderEngine { LocalEngine(self, limits: limits) }

  public func plan(_ recipe: Recipe) throws -> Plan {
    do {
      let planner = planner(recipe)
      // Most plans are asked for while somebody still types: without entries, nothing is read.
      let cache = texts(limits).flatMap { $0.isEmpty ? nil : $0 }
      return try planner.plan(recipe, KnownTexts(of: recipe, in: cache, planner.folder, fingerprints)).plan
    } catch {
      throw EngineFailure.renderError(error)
    }
  }

  private func texts(_ limits: EngineLimits) -> TextCache? { limits.usesTextCache ? texts : nil }

  private func planner(_ recipe: Recipe) -> Planner {
    let free = SystemMemory.now.freeBytes
    // A limit that was asked for may come close to what there is; without one, others are left some.
    let most = base.total + free / 20 * 19
    let limit = limits.maxMemory.map { min($0, most) } ?? base.total + free / 5 * 4
    return Planner(
      facts: facts[folder.adapted(to: recipe)], limit: limit, raisableTo: limit < most ? most : nil,
      cacheBytes: free / 5 * 4, base: base, preloads: limits.preloads)
  }

  public func render(_ recipe: Recipe) -> RenderStream {
    let stream = RenderStream()
    let (planner, preview, shelf, texts, fingerprints) = (planner(recipe), preview, shelf, texts(limits), fingerprints)
    thread.async {
      do {
        try RenderRun(
          recipe: recipe, planner: planner, preview: preview, shelf: shelf, texts: texts, fingerprints: fingerprints,
          stream: stream
        ).run()
        stream.finish()
      } catch {
        stream.finish(throwing: EngineFailure.renderError(error))
      }
    }
    return stream
  }
}

extension ModelFolder {
  /// The same model with the experts and LoRAs of a recipe.
  func adapted(to recipe: Recipe) -> ModelFolder {
    let applied = recipe.loras.map { AppliedLoRA(path: $0.path, strength: $0.strength, component: $0.expert?.rawValue) }
    let experts = recipe.experts.map { ChosenExperts(high: $0.high, low: $0.low) } ?? chosenExperts
    guard experts == chosenExperts else { return ModelFolder(path: path, loras: loras + applied, experts: experts) }
    return with(loras: loras + applied)
  }
}

/// What is known of each set of weights that recipes have asked for.
private final class FactsByFolder: Sendable {
  private let known = Mutex<[ModelFolder: ModelFacts]>([:])

  subscript(folder: ModelFolder) -> ModelFacts {
    known.withLock { known in
      let facts = known[folder] ?? ModelFacts(folder: folder)
      known[folder] = facts
      return facts
    }
  }
}
