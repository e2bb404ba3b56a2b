/// A LoRA that a recipe adds to its model.
///
///     recipe.loras = [LoRAUse(path: "lightning-high.safetensors", expert: .highNoiseExpert)]
public struct LoRAUse: Codable, Hashable, Sendable {
  public var path: String
  /// Factor of everything that it adds.
  public var strength: Double
  /// The expert that it is for; nil for both.
  public var expert: Component?

  /// What a strength may be. Far beyond what leaves anything of a picture, and far below what overflows.
  public static let strengths = -100.0...100.0

  public init(path: String, strength: Double = 1, expert: Component? = nil) {
    self.path = path
    self.strength = strength
    self.expert = expert
  }
}

// Recipes without LoRAs are written without the key, as those were that were made before there were any.

extension KeyedDecodingContainer {
  func decode(_ type: [LoRAUse].Type, forKey key: Key) throws -> [LoRAUse] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [LoRAUse], forKey key: Key) throws {
    if !value.isEmpty { try encodeIfPresent(value, forKey: key) }
  }
}
