import Foundation
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
  /// The answer to the last question about memory and time; for older settings while the next is on its way.
  var plan: PlanReport?
  /// What it was asked about.
  var plannedRecipe: Recipe?
  /// Since when these settings wait for their plan; nil when ``plan`` is theirs.
  var waitsSince: Date?
  /// Changed since the draft was saved.
  var isUnsaved = false
  var planned = Generation()
  var counted = Generation()

  init(recipe: Recipe) {
    self.recipe = recipe
    defaults = recipe
  }

  /// Sizes and lengths of the model, as far as they are known.
  var grid: ClipGrid { plan?.grid ?? ClipGrid() }

  /// The settings as plans see them: neither prompt nor seed counts.
  var recipeToPlan: Recipe {
    var recipe = recipe
    (recipe.prompt, recipe.seed) = ("x", 0)
    return recipe
  }

  /// How long the plan of other settings may stand: one that comes at once should not flicker.
  static let planMoment = 0.25

  /// Whether these settings have waited for their plan for longer than a moment.
  func isPlanLate(_ now: Date) -> Bool {
    waitsSince.map { now.timeIntervalSince($0) >= Self.planMoment - 0.05 } ?? false
  }
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
  public var plan: Plan?
  /// Sizes and lengths that the model can make.
  public var grid: ClipGrid
  public var verdict: PlanAdvisor.Verdict
  public var availableBytes: Int?
  public var freeDiskBytes: Int?
  /// How long renders like this one took; better than what ``speed`` foretells.
  public var pace: PastPace?
  public var speed: MachineSpeed?

  public init(
    plan: Plan?, grid: ClipGrid = ClipGrid(), verdict: PlanAdvisor.Verdict, availableBytes: Int? = nil,
    freeDiskBytes: Int? = nil, pace: PastPace? = nil, speed: MachineSpeed? = nil
  ) {
    self.plan = plan
    self.grid = grid
    self.verdict = verdict
    self.availableBytes = availableBytes
    self.freeDiskBytes = freeDiskBytes
    self.pace = pace
    self.speed = speed
  }

  /// How long the whole render will take; nil until this machine has rendered something.
  public func seconds(_ recipe: Recipe) -> Double? {
    if let pace { return pace.seconds(steps: recipe.steps) }
    guard let plan, let speed else { return nil }
    return PlanTimes(plan, rgbBytes: recipe.rgbBytes, at: speed).total
  }
}
