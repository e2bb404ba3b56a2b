public import Rendering

/// The settings beside the prompt, and what they would need.
struct SettingsState: Sendable {
  /// Everything but the prompt.
  var recipe: Recipe
  /// The model's own settings.
  var defaults: Recipe
  var hasRandomSeed = true
  /// Seeds of renders that were started, newest first.
  var seeds: [UInt64] = []
  var field = SettingField.size
  /// The value being typed, if one is.
  var entry: TextEditor?
  /// The answer to the last question about memory and time; for an older recipe while the next is on its way.
  var plan: PlanReport?
  var planned = Generation()
  var counted = Generation()

  init(recipe: Recipe) {
    self.recipe = recipe
    defaults = recipe
  }

  /// Sizes and lengths of the model, as far as they are known.
  var grid: ClipGrid { plan?.grid ?? ClipGrid() }
}

/// Numbers questions, so that late answers to old ones are dropped.
struct Generation: Hashable, Sendable {
  private(set) var value = 0
  mutating func next() -> Int {
    value += 1
    return value
  }
}

/// What a recipe needs against what there is.
public struct PlanReport: Hashable, Sendable {
  public enum Verdict: Hashable, Sendable {
    case fits
    /// Too much memory, and what would do: "13 frames".
    case tooLarge(suggestions: [Suggestion])
    case impossible(RenderError)
  }
  public struct Suggestion: Hashable, Sendable {
    public var recipe: Recipe
    public init(recipe: Recipe) { self.recipe = recipe }
  }

  public var plan: Plan?
  /// Sizes and lengths that the model can make.
  public var grid: ClipGrid
  public var verdict: Verdict
  public var availableBytes: Int?
  public var freeDiskBytes: Int?
  public var pace: PastPace?

  public init(
    plan: Plan?, grid: ClipGrid = ClipGrid(), verdict: Verdict, availableBytes: Int? = nil, freeDiskBytes: Int? = nil,
    pace: PastPace? = nil
  ) {
    self.plan = plan
    self.grid = grid
    self.verdict = verdict
    self.availableBytes = availableBytes
    self.freeDiskBytes = freeDiskBytes
    self.pace = pace
  }
}
