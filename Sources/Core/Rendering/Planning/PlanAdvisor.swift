/// Says whether a recipe fits into memory, and if not, what would: the one judge behind `moviola plan`, the refusal of
/// `moviola render`, and the studio's plan line.
///
///     switch PlanAdvisor.verdict(recipe, plan: engine.plan).verdict {
///     case .tooLarge(let proposals): print(proposals.map(\.option))
///     …
public enum PlanAdvisor {
  public enum Verdict: Hashable, Sendable {
    case fits
    /// Too much memory, and what would do, the least loss first.
    case tooLarge([PlanProposal])
    case impossible(RenderError)
  }

  /// - Parameter plan: asked again for each thing that might fit.
  public static func verdict(
    _ recipe: Recipe, on grid: ClipGrid = ClipGrid(), plan: (Recipe) throws -> Plan
  ) -> (plan: Plan?, verdict: Verdict) {
    do {
      try recipe.check(on: grid)
      let first = try plan(recipe)
      return (first, first.fits ? .fits : .tooLarge(proposals(recipe, grid, first, plan)))
    } catch let error as RenderError {
      return (nil, .impossible(error))
    } catch {
      return (nil, .impossible(RenderError(.badModel, "\(error)")))
    }
  }

  /// The plan of a recipe that may be rendered.
  /// - Throws: ``RenderError`` with code `noSpace` if it does not fit, naming what would; whatever `plan` throws.
  public static func require(
    _ recipe: Recipe, on grid: ClipGrid = ClipGrid(), plan: (Recipe) throws -> Plan
  ) throws -> Plan {
    let first = try plan(recipe)
    guard !first.fits else { return first }
    throw refusal(recipe, first, proposals(recipe, grid, first, plan))
  }

  /// Why a plan is too large, in a sentence that names the phase and what would fit.
  public static func refusal(_ recipe: Recipe, _ plan: Plan, _ proposals: [PlanProposal]) -> RenderError {
    let limit = PlanSentence.bytes(plan.memoryLimit ?? 0)
    let worst = plan.phases.max { $0.totalBytes < $1.totalBytes }
    let needs = worst.map { phase in
      "\(phase.component.title) needs \(PlanSentence.bytes(phase.anonymousBytes)) of its own and "
        + "\(PlanSentence.bytes(phase.mappedBytes)) of mapped files"
    }
    let clip = "\(recipe.width)x\(recipe.height) with \(recipe.frameCount) frames"
    return RenderError(
      .noSpace, "\(clip) does not fit into \(limit) of memory: the \(needs ?? "render needs more")",
      remedy: proposals.isEmpty
        ? "give it more memory, or use a smaller model" : "what fits: \(PlanSentence.list(proposals.map(\.option)))")
  }

  /// Bytes by which the same program takes more memory at one time than at another.
  private static let spare = 4 << 20

  private static func proposals(
    _ recipe: Recipe, _ grid: ClipGrid, _ plan: Plan, _ ask: (Recipe) throws -> Plan
  ) -> [PlanProposal] {
    func fits(_ recipe: Recipe) -> Bool { (try? ask(recipe))?.fits ?? false }
    var found: [PlanProposal] = []
    // The next process may need a little more before it begins.
    let enough = plan.peakBytes + spare
    if let most = plan.raisableTo, enough <= most { found.append(PlanProposal(.memory(enough), recipe: recipe)) }
    if recipe.precision != .fast, fits(recipe.with(.fast)) {
      found.append(PlanProposal(.precision(.fast), recipe: recipe.with(.fast)))
    }
    if wouldFitQuantised(plan) { found.append(PlanProposal(.quantised, recipe: recipe)) }
    let step = grid.frames
    if let count = largest((recipe.frameCount - 1) / step, fits: { fits(recipe.with(frames: $0 * step + 1)) }) {
      let shorter = recipe.with(frames: count * step + 1)
      found.append(PlanProposal(.frames(shorter.frameCount), recipe: shorter))
    }
    let parts = 16
    if let part = largest(parts, fits: { fits(recipe.scaled($0, of: parts, on: grid)) }), part > 0 {
      let smaller = recipe.scaled(part, of: parts, on: grid)
      found.append(PlanProposal(.size(width: smaller.width, height: smaller.height), recipe: smaller))
    }
    return found
  }

  /// Whether mapped weights are what is too much: at 4 bits a value they are less than a third, and one matrix at a
  /// time is expanded.
  private static func wouldFitQuantised(_ plan: Plan) -> Bool {
    guard let limit = plan.memoryLimit else { return false }
    return plan.phases.allSatisfy { phase in
      let isLayered = phase.component != .vae && phase.readsPerPass > 0
      return phase.totalBytes - (isLayered ? phase.mappedBytes / 2 : 0) <= limit
    }
  }

  /// The largest number from 0 below `limit` that passes, if smaller ones do too.
  private static func largest(_ limit: Int, fits: (Int) -> Bool) -> Int? {
    guard limit > 0, fits(0) else { return nil }
    var (low, high) = (0, limit)
    while high - low > 1 {
      let middle = (low + high) / 2
      if fits(middle) { low = middle } else { high = middle }
    }
    return low
  }
}

extension Recipe {
  fileprivate func with(frames: Int) -> Recipe {
    var copy = self
    copy.frameCount = frames
    return copy
  }

  fileprivate func with(_ precision: Precision) -> Recipe {
    var copy = self
    copy.precision = precision
    return copy
  }

  /// Sides by a fraction, cut to the grid.
  fileprivate func scaled(_ part: Int, of whole: Int, on grid: ClipGrid) -> Recipe {
    var copy = self
    copy.width = max(grid.width, width * part / whole / grid.width * grid.width)
    copy.height = max(grid.height, height * part / whole / grid.height * grid.height)
    return copy
  }
}
