import Checkpoints
import Dispatch
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
  private let preview: LatentPreview
  private let maxMemory: Int?
  private let base = ProcessFootprint.now
  private let facts = Mutex<[ModelFolder: ModelFacts]>([:])
  private let thread = DispatchQueue(label: "moviola.engine", qos: .userInitiated)

  /// - Parameters:
  ///   - folder: a model with all its parts, in any layout.
  ///   - name: what recipes call it.
  ///   - maxMemory: bytes that the process may have in memory at a time, its own and mapped ones; nil for four fifths
  ///     of what is free when a render starts.
  /// - Throws: ``RenderError`` if it is not a model, or its settings are damaged.
  public init(folder: ModelFolder, name: String, maxMemory: Int? = nil) throws {
    self.folder = folder
    self.maxMemory = maxMemory
    do {
      let defaults = try ModelDefaults(folder: folder, name: name)
      self.defaults = defaults.recipe
      preview = defaults.preview
    } catch {
      throw EngineFailure.renderError(error)
    }
  }

  public func plan(_ recipe: Recipe) throws -> Plan {
    do {
      return try planner(recipe).plan(recipe).plan
    } catch {
      throw EngineFailure.renderError(error)
    }
  }

  private func planner(_ recipe: Recipe) -> Planner {
    let folder = folder.adding(recipe.loras)
    let facts = facts.withLock { known in
      let facts = known[folder] ?? ModelFacts(folder: folder)
      known[folder] = facts
      return facts
    }
    let free = SystemMemory.now.freeBytes / 5 * 4
    return Planner(
      facts: facts, limit: min(maxMemory ?? .max, base.total + free), cacheBytes: free, base: base)
  }

  public func render(_ recipe: Recipe) -> RenderStream {
    let stream = RenderStream()
    let (planner, preview) = (planner(recipe), preview)
    thread.async {
      do {
        try RenderRun(recipe: recipe, planner: planner, preview: preview, stream: stream).run()
        stream.finish()
      } catch {
        stream.finish(throwing: EngineFailure.renderError(error))
      }
    }
    return stream
  }
}

extension ModelFolder {
  /// The same model with the LoRAs of a recipe.
  func adding(_ loras: [LoRAUse]) -> ModelFolder {
    let applied = loras.map { AppliedLoRA(path: $0.path, strength: $0.strength, component: $0.expert?.rawValue) }
    return ModelFolder(path: path, loras: self.loras + applied)
  }
}
