/// What an engine says while it renders, in this order:
/// planned, loading…, textEncoded, (loading…, step)…, loading…, (decoding, frames)…, finished.
public enum RenderEvent: Sendable {
  case planned(Plan)
  /// A sentence that a person should read, though the render goes on. May come at any time.
  case remark(String)
  case loading(Loading)
  case textEncoded(TextEncoded)
  case step(DenoisingStep)
  case decoding(Decoding)
  /// The next frames of the clip, in order. Never dropped.
  case frames([Frame])
  /// The engine is done: every frame has been handed over. Never dropped.
  case finished(EngineReport)
}

/// The parts of a model, in the order in which a render meets them.
public enum Component: String, Codable, Hashable, Sendable, CaseIterable {
  case textEncoder = "text_encoder"
  case highNoiseExpert = "transformer"
  case lowNoiseExpert = "transformer_2"
  case vae
}

extension Component {
  /// For a person.
  public var title: String {
    switch self {
    case .textEncoder: "text encoder"
    case .highNoiseExpert: "high-noise expert"
    case .lowNoiseExpert: "low-noise expert"
    case .vae: "VAE"
    }
  }
}

/// Weights being mapped or read.
public struct Loading: Codable, Hashable, Sendable {
  public var component: Component
  public var bytesDone: Int
  public var bytesTotal: Int
  /// How fast the disk gives them; nil until that is known.
  public var bytesPerSecond: Double?
  /// What a person should know when the disk is slow.
  public var note: String?
  public init(
    component: Component, bytesDone: Int, bytesTotal: Int, bytesPerSecond: Double? = nil, note: String? = nil
  ) {
    self.component = component
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.bytesPerSecond = bytesPerSecond
    self.note = note
  }
}

public struct TextEncoded: Codable, Hashable, Sendable {
  /// Token counts with the end-of-sequence token, without padding.
  public var promptTokens: Int
  public var negativeTokens: Int
  public var seconds: Double
  /// Which of the two were not encoded but read from the text cache; nil where the engine has none.
  public var promptFromCache: Bool?
  public var negativeFromCache: Bool?
  public init(
    promptTokens: Int, negativeTokens: Int, seconds: Double, promptFromCache: Bool? = nil,
    negativeFromCache: Bool? = nil
  ) {
    self.promptTokens = promptTokens
    self.negativeTokens = negativeTokens
    self.seconds = seconds
    self.promptFromCache = promptFromCache
    self.negativeFromCache = negativeFromCache
  }

  /// "7 tokens, negative 1 from the cache".
  public var counts: String {
    func from(_ isCached: Bool?) -> String { isCached == true ? " from the cache" : "" }
    return "\(promptTokens) tokens\(from(promptFromCache)), negative \(negativeTokens)\(from(negativeFromCache))"
  }
}

/// One denoising step that has just been taken.
public struct DenoisingStep: Sendable {
  /// 1-based.
  public var index: Int
  public var count: Int
  public var expert: Component
  /// Noise level and timestep (0…1000) at which the expert was asked.
  public var sigma: Double
  public var timestep: Double
  public var seconds: Double
  /// A small moving picture of the predicted clean latent, by linear colour factors: one frame per latent frame.
  public var preview: [Frame]
  /// What was computed of it; nil where the engine does not say.
  public var passes: Passes?
  public init(
    index: Int, count: Int, expert: Component, sigma: Double, timestep: Double, seconds: Double, preview: [Frame],
    passes: Passes? = nil
  ) {
    self.index = index
    self.count = count
    self.expert = expert
    self.sigma = sigma
    self.timestep = timestep
    self.seconds = seconds
    self.preview = preview
    self.passes = passes
  }
}

public struct Decoding: Codable, Hashable, Sendable {
  public var framesDone: Int
  public var frameCount: Int
  public init(framesDone: Int, frameCount: Int) {
    self.framesDone = framesDone
    self.frameCount = frameCount
  }
}

/// What the engine measured about the whole render.
public struct EngineReport: Codable, Hashable, Sendable {
  /// Seconds of each phase, the loading of its weights included.
  public var seconds: PhaseSeconds
  public var modelFingerprint: String
  /// What was computed of all steps that this render took; nil where the engine does not say.
  public var passes: Passes?
  public init(seconds: PhaseSeconds, modelFingerprint: String, passes: Passes? = nil) {
    self.seconds = seconds
    self.modelFingerprint = modelFingerprint
    self.passes = passes
  }
}

public struct PhaseSeconds: Codable, Hashable, Sendable {
  public var text: Double
  public var denoise: Double
  public var decode: Double
  public init(text: Double = 0, denoise: Double = 0, decode: Double = 0) {
    self.text = text
    self.denoise = denoise
    self.decode = decode
  }
}
