public import WanModel

/// Where a walk from noise to a clip stands after some steps: enough to go on with exactly.
public struct DenoisingState: Hashable, Sendable {
  /// Shape [frames, height, width, channels] and values of the latents.
  public var shape: [Int]
  public var sample: [Float]
  public var memory: SamplerMemory
  public var expert: ExpertMemory

  public init(shape: [Int], sample: [Float], memory: SamplerMemory, expert: ExpertMemory = ExpertMemory()) {
    self.shape = shape
    self.sample = sample
    self.memory = memory
    self.expert = expert
  }

  var stepsDone: Int { memory.stepIndex }
}

/// What an expert that spares passes remembers of those it made. Another expert begins without.
public struct ExpertMemory: Hashable, Sendable {
  /// Of prompt and negative prompt; empty without a step cache.
  public var caches: [StepCache.Memory]
  /// What guidance last added to the flow, in the order of the latents; empty where it is never skipped.
  public var guidance: [Float]

  public init(caches: [StepCache.Memory] = [], guidance: [Float] = []) {
    (self.caches, self.guidance) = (caches, guidance)
  }
}
