import Foundation

/// UniPC of order 2 with B(h) = exp(h) − 1 ("bh2"), predicting the clean sample. Every step first corrects the
/// sample with the new prediction, then predicts the next one. First and last step are of order 1.
///
/// Source: Zhao et al. 2023, https://arxiv.org/abs/2302.04867; diffusers, `UniPCMultistepScheduler`; the official
/// repository's `fm_solvers_unipc.py` does the same with other noise levels.
public struct UniPC: Sampler {
  public let schedule: Schedule
  public private(set) var stepIndex = 0
  /// Clean predictions of the steps before, oldest first; at most two.
  private var cleans: [[Float]] = []
  /// The (corrected) sample that the last prediction started from, and the order of that prediction.
  private var lastSample: [Float] = []
  private var lastOrder = 0

  public init(_ schedule: Schedule) { self.schedule = schedule }

  public var memory: SamplerMemory {
    SamplerMemory(
      stepIndex: stepIndex, lastOrder: lastOrder, values: stepIndex == 0 ? [] : cleans + [lastSample])
  }

  public mutating func resume(_ memory: SamplerMemory) -> Bool {
    guard (0...schedule.steps).contains(memory.stepIndex), (0...2).contains(memory.lastOrder),
      (memory.lastOrder == 0) == (memory.stepIndex == 0),
      memory.values.count == (memory.stepIndex == 0 ? 0 : min(2, memory.stepIndex) + 1)
    else { return false }
    stepIndex = memory.stepIndex
    lastOrder = memory.lastOrder
    cleans = memory.values.dropLast()
    lastSample = memory.values.last ?? []
    return true
  }

  public mutating func step(modelOutput: [Float], sample: [Float]) -> [Float] {
    guard canStep(modelOutput, sample) else { return sample }
    let clean = predictedClean(modelOutput: modelOutput, sample: sample)
    let corrected = stepIndex == 0 ? sample : correct(clean)
    cleans = cleans.suffix(1) + [clean]
    lastSample = corrected
    lastOrder = min(2, schedule.steps - stepIndex, stepIndex + 1)
    let next = predict(corrected)
    stepIndex += 1
    return next
  }

  /// From the noise level of this step to the next one.
  private func predict(_ sample: [Float]) -> [Float] {
    let (now, next) = (NoiseLevel(schedule, stepIndex), NoiseLevel(schedule, stepIndex + 1))
    let scale = next.alpha * expm1(now.lambda - next.lambda)
    guard lastOrder == 2, let clean = cleans.last, let before = cleans.first else {
      return weightedSum([(next.sigma / now.sigma, sample), (-scale, cleans.last ?? [])])
    }
    let slope = 0.5 / ratio(stepIndex - 1, now, next)
    return weightedSum([
      (next.sigma / now.sigma, sample), (-scale * (1 - slope), clean), (-scale * slope, before),
    ])
  }

  /// The sample at this step's noise level once more, now that the model's prediction there is known.
  private func correct(_ clean: [Float]) -> [Float] {
    let (now, next) = (NoiseLevel(schedule, stepIndex - 1), NoiseLevel(schedule, stepIndex))
    let scale = next.alpha * expm1(now.lambda - next.lambda)
    let base = (next.sigma / now.sigma, lastSample)
    guard lastOrder == 2, let last = cleans.last, let before = cleans.first else {
      return weightedSum([base, (-scale * 0.5, cleans.last ?? []), (-scale * 0.5, clean)])
    }
    let ratio = ratio(stepIndex - 2, now, next)
    let (older, newest) = correctorWeights(ratio, now.lambda - next.lambda)
    let slope = older / ratio
    return weightedSum([
      base, (-scale * (1 - slope - newest), last), (-scale * slope, before), (-scale * newest, clean),
    ])
  }

  /// Where an older step lies, measured in λ and in units of the step from `now` to `next`; negative.
  private func ratio(_ older: Int, _ now: NoiseLevel, _ next: NoiseLevel) -> Double {
    (NoiseLevel(schedule, older).lambda - now.lambda) / (next.lambda - now.lambda)
  }

  /// The weights ρ of the older and of the newest difference: the solution of ρ₁ + ρ₂ = b₁, r ρ₁ + ρ₂ = b₂
  /// (equation 9 of the paper), with `h` = −(λ step).
  private func correctorWeights(_ ratio: Double, _ h: Double) -> (older: Double, newest: Double) {
    let growth = expm1(h)
    let phi = growth / h - 1
    let (b1, b2) = (phi / growth, 2 * (phi / h - 0.5) / growth)
    let older = (b1 - b2) / (1 - ratio)
    return (older, b1 - older)
  }
}
