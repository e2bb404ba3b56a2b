import Checkpoints
import Rendering
import WanModel

/// The recipe with which a model renders best, from the files that it comes with.
///
/// A model may say so itself in `moviola.json`; otherwise the published settings of Wan 2.2 T2V-A14B (two
/// experts) or Wan 2.1 T2V-1.3B (one) apply, with the shift of its scheduler.
struct ModelDefaults {
  static let fileName = "moviola.json"
  let recipe: Recipe
  let preview: LatentPreview

  init(folder: ModelFolder, name: String) throws {
    let pipeline = try folder.pipelineConfiguration()
    let own = "\(folder.path)/\(Self.fileName)"
    let hasOwn = FileSystem.exists(own)
    let settings = Settings(path: own, json: hasOwn ? try JSON(file: own, part: "settings") : .object([:]))
    recipe = try Self.recipe(settings, pipeline, name: name)
    preview = try settings.preview() ?? .wan21
  }

  private static func recipe(_ own: Settings, _ pipeline: PipelineConfiguration, name: String) throws -> Recipe {
    let hasTwo = pipeline.contains("transformer_2")
    let high = try own.number("guidance_scale") ?? (hasTwo ? 4 : 6)
    let low = try own.number("guidance_scale_2") ?? (try own.number("guidance_scale") ?? (hasTwo ? 3 : 6))
    return Recipe(
      prompt: "", negativePrompt: try own.string("negative_prompt") ?? "", model: name,
      width: try own.integer("width") ?? 832, height: try own.integer("height") ?? 480,
      frameCount: try own.integer("num_frames") ?? 81, framesPerSecond: try own.integer("fps") ?? 16,
      steps: try own.integer("steps") ?? (hasTwo ? 40 : 50),
      sampler: try own.choice("sampler") ?? .unipc, preset: try own.choice("preset") ?? .official,
      shift: try own.number("shift") ?? (hasTwo ? 12 : 8), guidance: Guidance(high: high, low: low),
      boundary: pipeline.boundaryRatio ?? 0)
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
