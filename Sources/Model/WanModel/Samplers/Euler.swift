/// Euler's method: one straight line a step.
///
/// Source: diffusers, `FlowMatchEulerDiscreteScheduler`.
public struct Euler: Sampler {
  public let schedule: Schedule
  public private(set) var stepIndex = 0

  public init(_ schedule: Schedule) { self.schedule = schedule }

  public mutating func step(modelOutput: [Float], sample: [Float]) -> [Float] {
    guard canStep(modelOutput, sample) else { return sample }
    let difference = schedule.sigmas[stepIndex + 1] - schedule.sigmas[stepIndex]
    stepIndex += 1
    return weightedSum([(1, sample), (Double(difference), modelOutput)])
  }
}
