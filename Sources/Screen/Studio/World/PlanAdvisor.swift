public import Rendering

/// Says whether a recipe fits into memory, and if not, what would.
///
///     PlanAdvisor.verdict(recipe, availableBytes: 2 << 30) { try engine.plan($0) }
public enum PlanAdvisor {
  public static func verdict(
    _ recipe: Recipe, on grid: ClipGrid = ClipGrid(), availableBytes: Int, plan: (Recipe) throws -> Plan
  ) -> (plan: Plan?, verdict: PlanReport.Verdict) {
    do {
      try recipe.check(on: grid)
      let first = try plan(recipe)
      if first.peakAnonymousBytes <= availableBytes { return (first, .fits) }
      return (first, .tooLarge(suggestions: suggestions(recipe, grid, availableBytes, plan)))
    } catch let error as RenderError {
      return (nil, .impossible(error))
    } catch {
      return (nil, .impossible(RenderError(.badModel, "\(error)")))
    }
  }

  /// The most frames that fit at this size, and the largest size that fits with these frames.
  private static func suggestions(
    _ recipe: Recipe, _ grid: ClipGrid, _ available: Int, _ plan: (Recipe) throws -> Plan
  ) -> [PlanReport.Suggestion] {
    func fits(_ recipe: Recipe) -> Bool {
      guard let plan = try? plan(recipe) else { return false }
      return plan.peakAnonymousBytes <= available
    }
    var found: [PlanReport.Suggestion] = []
    let step = grid.frames
    if let count = largest((recipe.frameCount - 1) / step, fits: { fits(recipe.with(frames: $0 * step + 1)) }) {
      found.append(.init(recipe: recipe.with(frames: count * step + 1)))
    }
    let steps = 15
    if let part = largest(steps, fits: { fits(recipe.scaled($0, of: steps + 1, on: grid)) }), part > 0 {
      found.append(.init(recipe: recipe.scaled(part, of: steps + 1, on: grid)))
    }
    return found
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

  /// Sides by a fraction, cut to the grid.
  fileprivate func scaled(_ part: Int, of whole: Int, on grid: ClipGrid) -> Recipe {
    var copy = self
    copy.width = max(grid.width, width * part / whole / grid.width * grid.width)
    copy.height = max(grid.height, height * part / whole / grid.height * grid.height)
    return copy
  }
}
