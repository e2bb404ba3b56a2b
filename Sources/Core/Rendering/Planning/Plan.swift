/// What a render will need, phase by phase, known before it starts.
public struct Plan: Codable, Hashable, Sendable {
  public var phases: [Phase]
  public var tokens: Int
  public var latentShape: [Int]
  /// What the process may have in memory at a time, anonymous and mapped together; nil if that is not the engine's
  /// matter.
  public var memoryLimit: Int?
  /// What that limit could be raised to on this machine as it is now; nil where it is at its most.
  public var raisableTo: Int?
  /// What the video encoder takes beside the last phase, which includes it.
  public var encoderBytes: Int
  /// On the disk of temporary files, while it renders.
  public var scratchBytes: Int
  /// How many pieces a picture is decoded in.
  public var tiles: Int

  public init(
    phases: [Phase], tokens: Int, latentShape: [Int], memoryLimit: Int? = nil, raisableTo: Int? = nil,
    encoderBytes: Int = 0, scratchBytes: Int = 0, tiles: Int = 1
  ) {
    self.phases = phases
    self.tokens = tokens
    self.latentShape = latentShape
    self.memoryLimit = memoryLimit
    self.raisableTo = raisableTo
    self.encoderBytes = encoderBytes
    self.scratchBytes = scratchBytes
    self.tiles = tiles
  }

  /// The largest predicted anonymous memory of any phase.
  public var peakAnonymousBytes: Int { phases.map(\.anonymousBytes).max() ?? 0 }
  public var peakMappedBytes: Int { phases.map(\.mappedBytes).max() ?? 0 }
  /// The most that is in memory at a time.
  public var peakBytes: Int { phases.map(\.totalBytes).max() ?? 0 }

  /// Whether every phase keeps to the limit.
  public var fits: Bool { memoryLimit.map { peakBytes <= $0 } ?? true }

  public struct Phase: Codable, Hashable, Sendable {
    public var component: Component
    /// Memory that belongs to the process and cannot be dropped: activations, expanded weights, scratch.
    public var anonymousBytes: Int
    /// Pages of files, most of them weights: as many as are in memory at a time.
    public var mappedBytes: Int
    /// Multiplications and additions, at most: of one step, or of the whole phase where there are no steps.
    public var operations: Int
    /// How many steps this expert takes; 1 where there are no steps, 0 for what does not run.
    public var steps: Int
    /// The weights as they lie on disk.
    public var weightBytes: Int
    /// How much of them does not stay in memory, and is read anew for every pass over the layers, which serves both
    /// prompts unless memory is very short.
    public var readsPerPass: Int
    /// The text is known from earlier renders, and this part of the model is not opened; else nil.
    public var isCached: Bool?

    public init(
      component: Component, anonymousBytes: Int, mappedBytes: Int, operations: Int = 0, steps: Int = 1,
      weightBytes: Int = 0, readsPerPass: Int = 0, isCached: Bool? = nil
    ) {
      self.component = component
      self.anonymousBytes = anonymousBytes
      self.mappedBytes = mappedBytes
      self.operations = operations
      self.steps = steps
      self.weightBytes = weightBytes
      self.readsPerPass = readsPerPass
      self.isCached = isCached
    }

    public var totalBytes: Int { anonymousBytes + mappedBytes }
  }
}

extension Int {
  /// The nearest whole number; 0 for what is none.
  public init(saturating value: Double) {
    self = value.isNaN ? 0 : Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}

extension Plan {
  /// The whole work of the render; nil where the engine does not say.
  public var operations: Render.Operations? {
    func work(_ components: [Component]) -> Int {
      let sum = phases.filter { components.contains($0.component) }.reduce(0) { sum, phase in
        sum + Double(phase.operations) * Double(phase.steps)
      }
      return Int(saturating: sum)
    }
    let all = Render.Operations(
      text: work([.textEncoder]), denoise: work([.highNoiseExpert, .lowNoiseExpert]), decode: work([.vae]))
    return all.denoise > 0 ? all : nil
  }
}
