import Foundation

/// Walks down a schedule: takes the model's velocity at one noise level and returns the sample at the next.
///
///     var sampler = schedule.makeSampler()
///     for timestep in schedule.timesteps {
///       sample = sampler.step(modelOutput: transformer(sample, timestep), sample: sample)
///     }
///
/// A value without side effects: copying it saves where it stands.
public protocol Sampler: Sendable {
  var schedule: Schedule { get }
  /// How many steps have been done.
  var stepIndex: Int { get }
  /// - Parameters:
  ///   - modelOutput: the velocity noise − clean that the model predicts for `sample`.
  ///   - sample: as many values, at noise level `schedule.sigmas[stepIndex]`.
  /// - Returns: the sample at the next noise level. After the last step, and if the counts differ, `sample` itself.
  mutating func step(modelOutput: [Float], sample: [Float]) -> [Float]
  /// Everything that the coming steps need of the ones before.
  var memory: SamplerMemory { get }
  /// Stands where that memory was taken.
  /// - Returns: false, with nothing changed, if it is not the memory of such a sampler on such a schedule.
  mutating func resume(_ memory: SamplerMemory) -> Bool
}

extension Sampler {
  /// The clean sample that the model sees behind the noise: sample − σ · velocity, at the coming step.
  public func predictedClean(modelOutput: [Float], sample: [Float]) -> [Float] {
    let sigma = Double(schedule.sigmas[min(stepIndex, schedule.steps)])
    return weightedSum([(1, sample), (-sigma, modelOutput)])
  }

  func canStep(_ modelOutput: [Float], _ sample: [Float]) -> Bool {
    stepIndex < schedule.steps && modelOutput.count == sample.count
  }
}

extension Schedule {
  /// A sampler that stands before the first step.
  public func makeSampler() -> any Sampler {
    switch solver {
    case .unipc: UniPC(self)
    case .dpmpp: DPMPlusPlus(self)
    case .euler: Euler(self)
    }
  }
}

/// A noise level σ with what the solvers need of it, in double precision from the float32 σ.
struct NoiseLevel {
  let sigma: Double
  /// Share of the clean sample, 1 − σ.
  let alpha: Double
  /// Half the logarithm of the signal-to-noise ratio, log α − log σ: −∞ for pure noise, +∞ when clean.
  let lambda: Double

  init(_ schedule: Schedule, _ index: Int) {
    sigma = Double(schedule.sigmas[index])
    alpha = 1 - sigma
    lambda = log(alpha) - log(sigma)
  }
}

/// Σ weight · values, summed in double precision. All arrays have the length of the first.
func weightedSum(_ terms: [(weight: Double, values: [Float])]) -> [Float] {
  guard let count = terms.first?.values.count else { return [] }
  var sums = [Double](repeating: 0, count: count)
  for (weight, values) in terms where weight != 0 && values.count == count {
    for index in 0..<count { sums[index] += weight * Double(values[index]) }
  }
  return sums.map { Float($0) }
}
