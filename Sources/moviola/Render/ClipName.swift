import Rendering

/// The name of a clip that nobody named: the prompt's first words and the seed.
enum ClipName {
  /// "a-red-ball-bounces-42.mp4". Letters and digits of every script stay.
  static func make(prompt: String, seed: UInt64) -> String {
    let slug = PromptSlug.make(prompt)
    return "\(slug.isEmpty ? "clip" : slug)-\(seed).mp4"
  }
}
