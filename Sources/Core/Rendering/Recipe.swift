/// Everything that determines a clip. Two equal recipes give the same frames on the same machine.
///
///     var recipe = Recipe(prompt: "a red ball bounces in a grid room", model: "wan-nano")
///     recipe.seed = 7
///     recipe.frameCount = 33
///
/// Codable, so that it travels inside the MP4 it made and in the ledger.
public struct Recipe: Codable, Hashable, Sendable {
  public var prompt: String
  public var negativePrompt: String
  /// The name or folder of the model.
  public var model: String
  /// SHA-256 over the model's weights as the engine saw them; nil until an engine has loaded it.
  public var modelFingerprint: String?
  /// Added to the model, in this order.
  public var loras: [LoRAUse]
  /// The experts' files, where they were chosen one by one; nil if the model has its own.
  public var experts: ExpertFiles?

  /// Pixels, on the model's ``ClipGrid``: multiples of 16 for Wan 2.1 and Wan 2.2 A14B, of 32 for TI2V-5B.
  public var width: Int
  public var height: Int
  /// 4n+1, because the VAE turns the first latent frame into one frame and every other one into four.
  public var frameCount: Int
  public var framesPerSecond: Int

  public var steps: Int
  public var sampler: SamplerName
  public var preset: SchedulePreset
  /// The flow shift s in σ' = sσ / (1 + (s−1)σ).
  public var shift: Double
  public var guidance: Guidance
  /// The high-noise expert runs while timestep ≥ boundary · 1000.
  public var boundary: Double
  public var seed: UInt64
  public var precision: Precision
  /// Passes that change little take what the expert's later blocks gave from an earlier step: those in which the first
  /// block's share differs by less than this part, 0…1. nil computes all. See ``Speed``.
  public var stepCache: Double?
  /// After this share of the steps, 0…1, the negative prompt is asked no more: guidance adds what it added last. nil asks
  /// it to the end.
  public var skipGuidanceAfter: Double?

  public init(
    prompt: String, negativePrompt: String = "", model: String, modelFingerprint: String? = nil,
    loras: [LoRAUse] = [], experts: ExpertFiles? = nil,
    width: Int = 832, height: Int = 480, frameCount: Int = 81, framesPerSecond: Int = 16,
    steps: Int = 40, sampler: SamplerName = .unipc, preset: SchedulePreset = .official, shift: Double = 12,
    guidance: Guidance = Guidance(high: 4, low: 3), boundary: Double = 0.875, seed: UInt64 = 0,
    precision: Precision = .fast, stepCache: Double? = nil, skipGuidanceAfter: Double? = nil
  ) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.model = model
    self.modelFingerprint = modelFingerprint
    self.loras = loras
    self.experts = experts
    self.width = width
    self.height = height
    self.frameCount = frameCount
    self.framesPerSecond = framesPerSecond
    self.steps = steps
    self.sampler = sampler
    self.preset = preset
    self.shift = shift
    self.guidance = guidance
    self.boundary = boundary
    self.seed = seed
    self.precision = precision
    self.stepCache = stepCache
    self.skipGuidanceAfter = skipGuidanceAfter
  }

  /// Length of the clip in seconds.
  public var duration: Double { Double(frameCount) / Double(framesPerSecond) }
}

/// The solver that walks from noise to a clip.
public enum SamplerName: String, Codable, Hashable, Sendable, CaseIterable {
  case unipc
  case dpmpp = "dpm++"
  case euler
}

/// Whose sigmas and timesteps: the official repository's, or diffusers', which differ slightly; or those for which
/// LoRAs of few steps were distilled.
public enum SchedulePreset: String, Codable, Hashable, Sendable, CaseIterable {
  case official
  case diffusers
  case distilled
}

/// Classifier-free guidance scale of each expert. 1 means: no second pass.
public struct Guidance: Codable, Hashable, Sendable {
  public var high: Double
  public var low: Double
  public init(high: Double, low: Double) {
    self.high = high
    self.low = low
  }
}

/// How the arithmetic is done; see the Tensors room.
public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
  /// float32 on OpenBLAS: what the goldens check.
  case reference
  /// The fastest type this CPU multiplies natively (bfloat16 where it can) on oneDNN.
  case fast
  /// Like `fast`, with the large products of the transformer's blocks in 8 bits.
  case turbo
}
