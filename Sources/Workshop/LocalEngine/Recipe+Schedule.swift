import Rendering
import WanModel

extension Recipe {
  /// The noise levels that the recipe asks for.
  func schedule() throws -> Schedule {
    let solver: Schedule.Solver =
      switch sampler {
      case .unipc: .unipc
      case .dpmpp: .dpmpp
      case .euler: .euler
      }
    let levels: Schedule.Preset =
      switch preset {
      case .official: .official
      case .diffusers: .diffusers
      case .distilled: .distilled
      }
    return try Schedule(solver: solver, preset: levels, steps: steps, shift: shift)
  }

  /// How many of the steps that an expert takes ask for the negative prompt too, if there is guidance. An expert that
  /// comes after guidance has ended asks once.
  /// - Parameter first: whether the expert takes the first steps; another one takes the last.
  func guidedSteps(taking count: Int, first: Bool) -> Int {
    guard let skipGuidanceAfter, count > 0 else { return count }
    let before = first ? 0 : steps - count
    let guided = (before..<before + count).count { Double($0) < skipGuidanceAfter * Double(steps) }
    return max(1, guided)
  }

  /// How many of the steps each expert takes.
  func stepsOfExperts(_ experts: [Component]) throws -> [Component: Int] {
    guard experts.count > 1 else { return [.highNoiseExpert: steps] }
    let high = try schedule().timesteps.count { Double($0) >= boundary * 1000 }
    return [.highNoiseExpert: high, .lowNoiseExpert: steps - high]
  }
}
