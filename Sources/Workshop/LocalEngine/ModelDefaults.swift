import Checkpoints
import Rendering
import WanModel

/// The recipe with which a model renders best, from the files that it comes with.
///
/// A model may say so itself in `moviola.json`, and its scheduler's configuration may name a shift; otherwise the
/// published settings of its kind apply.
struct ModelDefaults {
  static let fileName = "moviola.json"
  let recipe: Recipe
  let preview: LatentPreview

  init(folder: ModelFolder, name: String) throws {
    let pipeline = try folder.pipelineConfiguration()
    let own = "\(folder.path)/\(Self.fileName)"
    let hasOwn = FileSystem.exists(own)
    let settings = Settings(path: own, json: hasOwn ? try JSON(file: own, part: "settings") : .object([:]))
    let channels = try folder.vaeConfiguration().zDim
    let published = PublishedSettings(hasTwoExperts: pipeline.contains(ModelFolder.experts[1]), channels: channels)
    let shift = try folder.schedulerConfiguration()?.flowShift
    recipe = try Self.recipe(
      settings, published.with(shift: shift), boundary: pipeline.boundaryRatio, name: name)
    preview = try settings.preview() ?? .published(channels: channels)
  }

  private static func recipe(
    _ own: Settings, _ published: PublishedSettings, boundary: Double?, name: String
  ) throws -> Recipe {
    let guidance = try own.number("guidance_scale")
    let high = guidance ?? published.guidance.high
    let low = try own.number("guidance_scale_2") ?? guidance ?? published.guidance.low
    return Recipe(
      prompt: "", negativePrompt: try own.string("negative_prompt") ?? "", model: name,
      width: try own.integer("width") ?? published.width, height: try own.integer("height") ?? published.height,
      frameCount: try own.integer("num_frames") ?? published.frames,
      framesPerSecond: try own.integer("fps") ?? published.framesPerSecond,
      steps: try own.integer("steps") ?? published.steps,
      sampler: try own.choice("sampler") ?? .unipc, preset: try own.choice("preset") ?? .official,
      shift: try own.number("shift") ?? published.shift, guidance: Guidance(high: high, low: low),
      boundary: boundary ?? 0)
  }
}

/// What the official repositories' configurations and commands render with.
struct PublishedSettings: Hashable {
  var width = 832
  var height = 480
  var frames = 81
  var framesPerSecond = 16
  let steps: Int
  var shift: Double
  let guidance: Guidance

  /// - Parameter channels: of a latent.
  init(hasTwoExperts: Bool, channels: Int) {
    switch (hasTwoExperts, channels) {
    case (true, _): (steps, shift, guidance) = (40, 12, Guidance(high: 4, low: 3))  // Wan 2.2 T2V-A14B
    case (false, 48):  // Wan 2.2 TI2V-5B
      (width, height, frames, framesPerSecond) = (1280, 704, 121, 24)
      (steps, shift, guidance) = (50, 5, Guidance(high: 5, low: 5))
    default: (steps, shift, guidance) = (50, 8, Guidance(high: 6, low: 6))  // Wan 2.1 T2V-1.3B
    }
  }

  /// What the published diffusers folders of A14B and 1.3B say, alike for all models: the default of their converter,
  /// where the official repositories render with 12 and 8.
  private static let convertersShift = 3.0

  /// With the shift that a model's scheduler configuration names, unless nobody chose it for this model.
  func with(shift: Double?) -> PublishedSettings {
    guard let shift, shift != Self.convertersShift else { return self }
    var settings = self
    settings.shift = shift
    return settings
  }
}

/// `moviola.json`, key by key.
private struct Settings {
  let path: String
  let json: JSON

  private func value<T>(_ key: String, _ kind: String, _ read: (JSON) -> T?) throws -> T? {
    guard let value = json[key], value != .null else { return nil }
    guard let result = read(value) else {
      throw CheckpointError(
        .malformed(part: "settings", detail: "\"\(key)\" is \(value.kind), expected \(kind)"), path: path)
    }
    return result
  }

  func integer(_ key: String) throws -> Int? {
    try value(key, "an integer from 1 to 100000") { $0.integer.flatMap { (1...100_000).contains($0) ? $0 : nil } }
  }
  func number(_ key: String) throws -> Double? { try value(key, "a number", \.number) }
  func string(_ key: String) throws -> String? { try value(key, "a string", \.string) }
  func choice<T: RawRepresentable & CaseIterable>(_ key: String) throws -> T? where T.RawValue == String {
    let names = T.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(key, "one of \(names)") { $0.string.flatMap(T.init) }
  }

  /// `preview_factors`: red, green and blue for each latent channel; `preview_bias`: those of zero.
  func preview() throws -> LatentPreview? {
    let triple: (JSON) -> [Float]? = { json in
      let numbers = json.array?.compactMap(\.number).map { Float($0) }
      return numbers?.count == 3 && json.array?.count == 3 ? numbers : nil
    }
    let rows: [[Float]]? = try value("preview_factors", "rows of three numbers") { json in
      guard let list = json.array else { return nil }
      let rows = list.compactMap(triple)
      return rows.count == list.count ? rows : nil
    }
    let bias = try value("preview_bias", "three numbers", triple)
    return rows.map { LatentPreview(factors: $0, bias: bias ?? [0, 0, 0]) }
  }
}
