/// The parameters of a recipe by the names that people read, in the order in which they are shown.
public enum RecipeField: String, Codable, Hashable, Sendable, CaseIterable {
  case prompt, negative, model, weights, loras, size, frames, fps, steps, sampler, preset, shift, guidance, boundary
  case seed, precision, speed

  /// The value as text: "480×272", "5", "4/3".
  public func text(of recipe: Recipe) -> String {
    switch self {
    case .prompt: recipe.prompt
    case .negative: recipe.negativePrompt
    case .model: ([recipe.model] + Self.experts(recipe)).joined(separator: " + ")
    case .weights: recipe.modelFingerprint.map { String($0.prefix(12)) } ?? "—"
    case .loras: recipe.loras.isEmpty ? "none" : recipe.loras.map(Self.text).joined(separator: " + ")
    case .size: "\(recipe.width)×\(recipe.height)"
    case .frames: "\(recipe.frameCount)"
    case .fps: "\(recipe.framesPerSecond)"
    case .steps: "\(recipe.steps)"
    case .sampler: recipe.sampler.rawValue
    case .preset: recipe.preset.rawValue
    case .shift: Self.short(recipe.shift)
    case .guidance: "\(Self.short(recipe.guidance.high))/\(Self.short(recipe.guidance.low))"
    case .boundary: Self.short(recipe.boundary)
    case .seed: "\(recipe.seed)"
    case .precision: recipe.precision.rawValue
    case .speed: recipe.speedText
    }
  }

  private static func experts(_ recipe: Recipe) -> [String] {
    [recipe.experts?.high, recipe.experts?.low].compactMap { $0?.split(separator: "/").last.map(String.init) }
  }

  /// "lightning-high.safetensors ×0.8 (transformer)".
  private static func text(_ lora: LoRAUse) -> String {
    let name = lora.path.split(separator: "/").last.map(String.init) ?? lora.path
    let strength = lora.strength == 1 ? "" : " ×\(short(lora.strength))"
    return name + strength + (lora.expert.map { " (\($0.rawValue))" } ?? "")
  }

  /// "5" for 5.0, "0.875" for 0.875.
  static func short(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
