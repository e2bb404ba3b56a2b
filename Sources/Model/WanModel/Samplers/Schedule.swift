/// The noise levels of a render: from (almost) pure noise at `sigmas[0]` down to 0.
///
///     let schedule = try Schedule(solver: .unipc, preset: .official, steps: 40, shift: 12)
///     schedule.sigmas.count      // 41, the last one is 0
///     schedule.timesteps[0]      // 999
///
/// A sample at level σ is (1 − σ) · clean + σ · noise, and the model predicts the velocity noise − clean.
public struct Schedule: Hashable, Sendable {
  /// The method that walks down.
  public enum Solver: String, Hashable, Sendable, CaseIterable {
    case unipc
    case dpmpp = "dpm++"
    case euler
  }

  /// Whose noise levels: the official repository's (`fm_solvers*.py`) or diffusers'. For Euler, which the official
  /// repository does not have, both mean diffusers'. Models distilled to few steps have evenly spaced ones, shifted
  /// once (`fm_solvers_euler.py` of Wan2.2-Lightning).
  public enum Preset: String, Hashable, Sendable, CaseIterable {
    case official
    case diffusers
    case distilled
  }

  /// Why there is no such schedule.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    case steps(Int)
    case shift(Double)
    /// Neighbouring noise levels round to the same number.
    case tooFine(steps: Int, shift: Double)

    public var description: String {
      switch self {
      case .steps(let steps): "\(steps) steps are impossible; choose 1 to \(Schedule.maximumSteps)"
      case .shift(let shift): "a shift of \(shift) is impossible; choose a number above 0, such as 5"
      case .tooFine(let steps, let shift):
        "a shift of \(shift) leaves no room for \(steps) steps; choose a shift nearer to 1 or fewer steps"
      }
    }
  }

  public static let maximumSteps = 10_000
  static let trainingTimesteps = 1000.0

  public let solver: Solver
  public let preset: Preset
  public let shift: Double
  /// One more than steps; strictly falling, the last one is 0. Rounded to float32, as the references do before
  /// they compute coefficients: near 1 this matters.
  public let sigmas: [Float]
  /// What the transformer is told at each step: σ · 1000, cut to an integer except for Euler.
  public let timesteps: [Float]

  public var steps: Int { timesteps.count }

  public init(solver: Solver, preset: Preset, steps: Int, shift: Double) throws(Failure) {
    guard (1...Self.maximumSteps).contains(steps) else { throw .steps(steps) }
    guard shift > 0, shift.isFinite else { throw .shift(shift) }
    let levels = Self.levels(solver, preset, steps, shift)
    let sigmas = levels.map { Float($0) } + [0]
    guard zip(sigmas, sigmas.dropFirst()).allSatisfy({ $0 > $1 }) else { throw .tooFine(steps: steps, shift: shift) }
    self.solver = solver
    self.preset = preset
    self.shift = shift
    self.sigmas = sigmas
    timesteps =
      solver == .euler
      ? sigmas.dropLast().map { $0 * Float(Self.trainingTimesteps) }
      : levels.map { Float(($0 * Self.trainingTimesteps).rounded(.towardZero)) }
  }

  /// The levels in double precision, without the final 0.
  private static func levels(_ solver: Solver, _ preset: Preset, _ steps: Int, _ shift: Double) -> [Double] {
    switch (solver, preset) {
    case (_, .distilled):
      var levels = line(from: 1, to: 0, steps).map { shifted($0, shift) }
      // Pure noise has no logarithm of a ratio, which UniPC asks for.
      if solver == .unipc { levels[0] -= 1e-6 }
      return levels
    case (.unipc, .official):
      return line(from: Double(Float(0.999)), to: 0, steps).map { shifted($0, shift) }
    case (.unipc, .diffusers):
      var levels = line(from: 1, to: 1 / trainingTimesteps, steps).map { shifted($0, shift) }
      if abs(levels[0] - 1) < 1e-6 { levels[0] -= 1e-6 }
      return levels
    case (.dpmpp, .official):
      return line(from: 1, to: 0, steps).map { shifted($0, shift) }
    case (.dpmpp, .diffusers):
      // It counts alphas upwards and turns them around.
      let alphas = line(from: 1, to: 1 / trainingTimesteps, steps).dropFirst() + [1 / trainingTimesteps]
      return alphas.reversed().map { shifted(1 - $0, shift) }
    case (.euler, _):
      return eulerLevels(steps, shift)
    }
  }

  /// diffusers' FlowMatchEulerDiscreteScheduler shifts the lower end twice: the line it draws already ends at the
  /// shifted smallest level of the training schedule.
  private static func eulerLevels(_ steps: Int, _ shift: Double) -> [Double] {
    let lowest = Float(shift) * Float(0.001) / (1 + Float(shift - 1) * Float(0.001))
    guard steps > 1 else { return [1] }
    let line = line(from: trainingTimesteps, to: Double(lowest) * trainingTimesteps, steps - 1)
    return (line + [Double(lowest) * trainingTimesteps]).map { shifted($0 / trainingTimesteps, shift) }
  }

  /// `count` equal steps from `first` towards `last`, which is not reached; as numpy computes them.
  private static func line(from first: Double, to last: Double, _ count: Int) -> [Double] {
    let step = (last - first) / Double(count)
    return (0..<count).map { Double($0) * step + first }
  }

  private static func shifted(_ sigma: Double, _ shift: Double) -> Double {
    shift * sigma / (1 + (shift - 1) * sigma)
  }
}
