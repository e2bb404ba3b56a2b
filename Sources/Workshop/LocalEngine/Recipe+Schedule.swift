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

  /// How many of the steps each expert takes.
  func stepsOfExperts(_ experts: [Component]) throws -> [Component: Int] {
    guard experts.count > 1 else { return [.highNoiseExpert: steps] }
    let high = try schedule().timesteps.count { Double($0) >= boundary * 1000 }
    return [.highNoiseExpert: high, .lowNoiseExpert: steps - high]
  }
}
