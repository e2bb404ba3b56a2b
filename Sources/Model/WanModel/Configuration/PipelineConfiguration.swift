public import Checkpoints

/// What a model folder in the diffusers layout consists of: its `model_index.json`.
public struct PipelineConfiguration: Hashable, Sendable {
  /// A part of the pipeline, in a folder of its own name.
  public struct Component: Hashable, Sendable {
    public var name: String
    /// The library and class that wrote it, such as "diffusers", "WanTransformer3DModel".
    public var library: String
    public var className: String
  }

  public static let fileName = "model_index.json"

  public var className: String
  /// Sorted by name.
  public var components: [Component]
  /// The high-noise expert runs while timestep ≥ boundary · 1000; nil in models with a single expert.
  public var boundaryRatio: Double?

  public func contains(_ component: String) -> Bool { components.contains { $0.name == component } }

  /// Reads `model_index.json`.
  /// - Throws: ``CheckpointError`` if it is damaged or describes another pipeline than Wan text-to-video.
  public init(file path: String) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    className = try file.string("_class_name")
    try file.require(className == "WanPipeline", "_class_name", "\"WanPipeline\"")
    boundaryRatio = file.value("boundary_ratio") == nil ? nil : try file.number("boundary_ratio", in: 0...1)
    components = file.keys.compactMap { key in Self.component(key, file.value(key)) }
    for name in ["transformer", "text_encoder", "tokenizer", "vae"] where !contains(name) {
      throw file.failure("it names no component \"\(name)\"")
    }
    try file.require(boundaryRatio != nil || !contains("transformer_2"), "boundary_ratio", "a number from 0 to 1")
  }

  /// A member such as `"vae": ["diffusers", "AutoencoderKLWan"]`; `[null, null]` means that there is none.
  private static func component(_ key: String, _ value: JSON?) -> Component? {
    guard let list = value?.array, list.count == 2, let library = list[0].string, let className = list[1].string else {
      return nil
    }
    return Component(name: key, library: library, className: className)
  }
}

/// The sampling settings that a model comes with: `scheduler/scheduler_config.json`.
public struct SchedulerConfiguration: Hashable, Sendable {
  public static let fileName = "scheduler_config.json"

  /// The class of diffusers, such as "UniPCMultistepScheduler".
  public var className: String
  /// The flow shift s in σ' = sσ / (1 + (s−1)σ); nil if the file does not say.
  public var flowShift: Double?

  public init(file path: String) throws(CheckpointError) {
    let file = try ConfigurationFile(path: path)
    className = try file.string("_class_name")
    let key = file.value("flow_shift") == nil && file.value("shift") != nil ? "shift" : "flow_shift"
    flowShift = file.value(key) == nil ? nil : try file.number(key, in: 0.01...100)
    // The transformer takes timesteps of 0 to 1000, and every schedule here makes such.
    let steps = try file.integer("num_train_timesteps", in: 1...1_000_000, or: 1000)
    try file.require(steps == 1000, "num_train_timesteps", "1000")
  }
}
