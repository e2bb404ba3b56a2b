/// How fast a machine is at each phase, from renders that it has done. Unknown until there was one.
public struct MachineSpeed: Codable, Hashable, Sendable {
  /// Multiplications and additions a second.
  public var text: Double
  public var denoise: Double
  public var decode: Double
  /// Seconds of encoding and checking for each byte of the frames.
  public var encode: Double
  /// How many renders this is the median of.
  public var renders: Int

  public init(text: Double, denoise: Double, decode: Double, encode: Double, renders: Int) {
    (self.text, self.denoise, self.decode, self.encode) = (text, denoise, decode, encode)
    self.renders = renders
  }

  /// The median over the newest five that say how much work they were; nil if none does.
  public init?(of past: [Job]) {
    let known = Array(past.lazy.compactMap(Self.speed).prefix(5))
    guard !known.isEmpty else { return nil }
    func median(_ part: KeyPath<MachineSpeed, Double>, of known: [MachineSpeed]) -> Double {
      known.map { $0[keyPath: part] }.sorted()[known.count / 2]
    }
    func median(_ part: KeyPath<MachineSpeed, Double>) -> Double { median(part, of: known) }
    // Texts that came from the cache say nothing; if all did, products take as long there as in the experts.
    let encoded = Array(past.lazy.compactMap(Self.speed).filter { $0.text > 0 }.prefix(5))
    self.init(
      text: encoded.isEmpty ? median(\.denoise) : median(\.text, of: encoded), denoise: median(\.denoise),
      decode: median(\.decode), encode: median(\.encode),
      renders: known.count)
  }

  private static func speed(_ job: Job) -> MachineSpeed? {
    guard let result = job.result, let work = result.operations, job.recipe.rgbBytes > 0 else { return nil }
    let seconds = result.seconds
    guard min(seconds.denoise, seconds.decode) > 0, min(work.denoise, work.decode) > 0 else { return nil }
    return MachineSpeed(
      text: seconds.text > 0 ? Double(work.text) / seconds.text : 0, denoise: Double(work.denoise) / seconds.denoise,
      decode: Double(work.decode) / seconds.decode,
      encode: (seconds.encode + seconds.verify) / Double(job.recipe.rgbBytes), renders: 1)
  }
}

/// How long each phase of a plan will take.
public struct PlanTimes: Codable, Hashable, Sendable {
  public var phases: [Component: Double]
  /// Encoding and checking the clip.
  public var encode: Double

  public var total: Double { phases.values.reduce(encode, +) }

  /// - Parameter rgbBytes: of all frames.
  public init(_ plan: Plan, rgbBytes: Int, at speed: MachineSpeed) {
    phases = plan.phases.reduce(into: [:]) { phases, phase in
      let pace =
        switch phase.component {
        case .textEncoder: speed.text
        case .highNoiseExpert, .lowNoiseExpert: speed.denoise
        case .vae: speed.decode
        }
      phases[phase.component] = Double(phase.operations) * Double(phase.steps) / pace
    }
    encode = Double(rgbBytes) * speed.encode
  }
}
