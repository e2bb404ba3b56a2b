/// Euler's method: one straight line a step.
///
/// Source: diffusers, `FlowMatchEulerDiscreteScheduler`.
public struct Euler: Sampler {
  public let schedule: Schedule
  public private(set) var stepIndex = 0

  public init(_ schedule: Schedule) { self.schedule = schedule }

  public var memory: SamplerMemory { SamplerMemory(stepIndex: stepIndex) }

  public mutating func resume(_ memory: SamplerMemory) -> Bool {
    guard (0...schedule.steps).contains(memory.stepIndex), memory.values.isEmpty, memory.lastOrder == 0 else {
      return false
    }
    stepIndex = memory.stepIndex
    return true
  }

  public mutating func step(modelOutput: [Float], sample: [Float]) -> [Float] {
    guard canStep(modelOutput, sample) else { return sample }
    let difference = schedule.sigmas[stepIndex + 1] - schedule.sigmas[stepIndex]
    stepIndex += 1
    return weightedSum([(1, sample), (Double(difference), modelOutput)])
  }
}
