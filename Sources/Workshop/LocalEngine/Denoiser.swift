import Checkpoints
import Foundation
public import Rendering
public import Tensors
public import WanModel

/// Walks latents from noise to a clip: sampler × experts, with guidance.
///
///     let denoiser = Denoiser(folder: folder, device: device, schedule: schedule, guidance: guidance, boundary: 0.875)
///     let clean = try denoiser(noise, prompt: embeddings, negative: negativeEmbeddings)
///
/// One expert is resident at a time.
public struct Denoiser {
  public let folder: ModelFolder
  public let device: any Device
  public let schedule: Schedule
  public let guidance: Guidance
  /// The high-noise expert runs while timestep ≥ boundary · 1000; nil for a model with one transformer.
  public let boundary: Double?
  /// Which passes are spared.
  public let savings: PassSavings
  /// What the experts may keep in memory; a render's plan chooses it.
  var memory = PhaseMemory()

  public init(
    folder: ModelFolder, device: any Device, schedule: Schedule, guidance: Guidance, boundary: Double?,
    savings: PassSavings = PassSavings()
  ) {
    self.folder = folder
    self.device = device
    self.schedule = schedule
    self.guidance = guidance
    self.boundary = boundary
    self.savings = savings
  }

  /// What the caller hears while it runs.
  public struct Listener {
    public var isCancelled: () -> Bool = { false }
    /// Called on other threads, too.
    public var loading: @Sendable (Loading) -> Void = { _ in }
    public var step: (Step) -> Void = { _ in }
    /// Where the walk stands after a step.
    public var state: (DenoisingState) -> Void = { _ in }
    public init() {}
  }

  public struct Step {
    public let index: Int
    public let count: Int
    public let expert: Component
    public let sigma: Double
    public let timestep: Double
    public let seconds: Double
    public let passes: Passes
    /// The clip that the expert sees behind the noise, in the shape of the latents.
    public let predictedClean: [Float]
  }

  /// - Parameters:
  ///   - start: goes on from there instead of from the noise; a state of another schedule or shape is not used.
  ///   - noise: [frames, height, width, channels] at the first noise level.
  ///   - prompt: text embeddings, padded with zero rows; negative likewise.
  /// - Throws: ``ModelError``, `CheckpointError`
  public func callAsFunction(
    _ noise: Tensor, from start: DenoisingState? = nil, prompt: Tensor, negative: Tensor, listener: Listener
  ) throws -> Tensor {
    var sampler = schedule.makeSampler()
    var sample = noise.floats()
    var remembered = ExpertMemory()
    if let start, start.shape == noise.shape, sampler.resume(start.memory) {
      sample = start.sample
      if keepsExpert(start.stepsDone) { remembered = start.expert }
    }
    var resident: ResidentExpert?
    for (index, timestep) in schedule.timesteps.enumerated().dropFirst(sampler.stepIndex) {
      let began = ContinuousClock.now
      let component = expert(at: Double(timestep))
      if resident?.component != component {
        resident = nil
        MemoryPool.shared.trim()
        resident = try ResidentExpert(self, component, prompt, guides(component) ? negative : nil, remembered, listener)
        remembered = ExpertMemory()
      }
      guard let resident else { break }
      let latents = Tensor(sample, shape: noise.shape)
      let (flow, passes) = try resident.flow(
        latents, timestep: Double(timestep), scale: Float(scale(component)),
        savings.choice(step: index, of: schedule.steps), isCancelled: listener.isCancelled)
      let clean = sampler.predictedClean(modelOutput: flow, sample: sample)
      sample = sampler.step(modelOutput: flow, sample: sample)
      if !sample.allSatisfy(\.isFinite) {
        throw try causeOfNonFinite(resident, latents, step: index, isCancelled: listener.isCancelled)
      }
      listener.step(
        Step(
          index: index + 1, count: schedule.steps, expert: component, sigma: Double(schedule.sigmas[index]),
          timestep: Double(timestep), seconds: (ContinuousClock.now - began).seconds, passes: passes,
          predictedClean: clean))
      listener.state(
        DenoisingState(shape: noise.shape, sample: sample, memory: sampler.memory, expert: resident.remembered))
    }
    return Tensor(sample, shape: noise.shape)
  }

  /// Why a step from `latents` gave NaN or infinity: a damaged tensor, or else the first place where it shows.
  private func causeOfNonFinite(
    _ resident: ResidentExpert, _ latents: Tensor, step: Int, isCancelled: () -> Bool
  ) throws -> ModelError {
    let component = resident.component
    let stage = "step \(step + 1) of \(schedule.steps) (\(component.rawValue))"
    let known = try folder.causeOfNonFinite(stage, in: component)
    let place = try resident.placeOfNonFinite(
      latents, timestep: Double(schedule.timesteps[step]), isCancelled: isCancelled)
    return place.map { .notFinite(stage: "\(stage), \($0),") } ?? known
  }

  /// Whether the coming step is for the expert that took the last one: another one remembers nothing.
  private func keepsExpert(_ stepsDone: Int) -> Bool {
    guard (1..<schedule.timesteps.count).contains(stepsDone) else { return false }
    return expert(at: Double(schedule.timesteps[stepsDone - 1])) == expert(at: Double(schedule.timesteps[stepsDone]))
  }

  private func expert(at timestep: Double) -> Component {
    guard let boundary else { return .highNoiseExpert }
    return timestep >= boundary * 1000 ? .highNoiseExpert : .lowNoiseExpert
  }

  private func scale(_ component: Component) -> Double {
    component == .highNoiseExpert ? guidance.high : guidance.low
  }

  /// Whether the negative prompt plays a part. At scale 1 it cancels out, so the second pass is left out. The
  /// diffusers preset, like its pipeline, has no guidance at all unless the high-noise scale is above 1.
  private func guides(_ component: Component) -> Bool {
    if schedule.preset == .diffusers && guidance.high <= 1 { return false }
    return scale(component) != 1
  }

}

extension ModelFolder {
  /// Why NaN or infinity came out of a stage. Damaged weights are the usual cause; if they are, this throws the error
  /// that names file and tensor.
  func causeOfNonFinite(_ stage: String, in component: Component) throws -> ModelError {
    try checkpoint(component.rawValue).verifyFinite()
    for use in loras(of: component.rawValue) { try LoRA(path: use.path).checkpoint.verifyFinite() }
    return .notFinite(stage: stage)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
