import Checkpoints
public import Rendering
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
  private let memoryLimit: Int?
  private let shelf: StateShelf?
  private let thread = EngineThread()

  /// - Parameters:
  ///   - folder: a model with all its parts, in any layout.
  ///   - name: what recipes call it.
  ///   - memoryLimit: bytes that decoding may take before it works in tiles; nil for four fifths of what is free when
  ///     it starts.
  ///   - shelf: where half-done renders are kept, to go on with later; nil keeps none.
  /// - Throws: ``RenderError`` if it is not a model, or its settings are damaged.
  public init(folder: ModelFolder, name: String, memoryLimit: Int? = nil, shelf: StateShelf? = nil) throws {
    self.folder = folder
    self.shelf = shelf
    self.memoryLimit = memoryLimit
    do {
      let defaults = try ModelDefaults(folder: folder, name: name)
      self.defaults = defaults.recipe
      preview = defaults.preview
      grid = try RecipeLimits(folder.transformerConfiguration(ModelFolder.experts[0]), folder.vaeConfiguration()).grid
    } catch {
      throw EngineFailure.renderError(error)
    }
  }

  public func plan(_ recipe: Recipe) throws -> Plan {
    do {
      return try planner(recipe).plan(recipe)
    } catch {
      throw EngineFailure.renderError(error)
    }
  }

  private func planner(_ recipe: Recipe) -> Planner {
    Planner(
      folder: folder.adapted(to: recipe), multiplied: CPU(precision: recipe.arithmetic).multiplied,
      memoryLimit: memoryLimit ?? SystemMemory.availableBytes / 5 * 4)
  }

  public func render(_ recipe: Recipe) -> RenderStream {
    let stream = RenderStream()
    let (planner, preview, shelf) = (planner(recipe), preview, shelf)
    thread.async {
      do {
        try RenderRun(recipe: recipe, planner: planner, preview: preview, shelf: shelf, stream: stream).run()
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

extension Recipe {
  /// The same choice in the words of the Tensors room.
  var arithmetic: Tensors.Precision {
    switch precision {
    case .reference: .reference
    case .fast: .fast
    }
  }
}
