import Foundation

/// DPM-Solver++ 2M, midpoint: uses the clean prediction of the step before. First and last step are of first order.
///
/// Source: Lu et al. 2022, https://arxiv.org/abs/2211.01095, algorithm 2; diffusers, `DPMSolverMultistepScheduler`.
public struct DPMPlusPlus: Sampler {
  public let schedule: Schedule
  public private(set) var stepIndex = 0
  /// The clean prediction of the step before.
  private var previousClean: [Float] = []

  public init(_ schedule: Schedule) { self.schedule = schedule }

  public var memory: SamplerMemory {
    SamplerMemory(stepIndex: stepIndex, values: stepIndex == 0 ? [] : [previousClean])
  }

  public mutating func resume(_ memory: SamplerMemory) -> Bool {
    guard (0...schedule.steps).contains(memory.stepIndex), memory.lastOrder == 0,
      memory.values.count == min(1, memory.stepIndex)
    else { return false }
    stepIndex = memory.stepIndex
    previousClean = memory.values.first ?? []
    return true
  }

  public mutating func step(modelOutput: [Float], sample: [Float]) -> [Float] {
    guard canStep(modelOutput, sample) else { return sample }
    let clean = predictedClean(modelOutput: modelOutput, sample: sample)
    let (now, next) = (NoiseLevel(schedule, stepIndex), NoiseLevel(schedule, stepIndex + 1))
    let growth = -next.alpha * expm1(now.lambda - next.lambda)
    let slope = slopeWeight(now, next)
    let result = weightedSum([
      (next.sigma / now.sigma, sample), (growth * (1 + slope), clean), (-growth * slope, previousClean),
    ])
    previousClean = clean
    stepIndex += 1
    return result
  }

  /// How much of the difference to the previous prediction is added: half the ratio of the two steps in λ.
  private func slopeWeight(_ now: NoiseLevel, _ next: NoiseLevel) -> Double {
    guard stepIndex > 0, stepIndex < schedule.steps - 1 else { return 0 }
    let before = NoiseLevel(schedule, stepIndex - 1)
    return 0.5 * (next.lambda - now.lambda) / (now.lambda - before.lambda)
  }
}
