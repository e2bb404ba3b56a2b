public import WanModel

/// Where a walk from noise to a clip stands after some steps: enough to go on with exactly.
public struct DenoisingState: Hashable, Sendable {
  /// Shape [frames, height, width, channels] and values of the latents.
  public var shape: [Int]
  public var sample: [Float]
  public var memory: SamplerMemory

  public init(shape: [Int], sample: [Float], memory: SamplerMemory) {
    self.shape = shape
    self.sample = sample
    self.memory = memory
  }

  var stepsDone: Int { memory.stepIndex }
  var byteCount: Int { (memory.values.count + 1) * sample.count * MemoryLayout<Float>.size }
}
