/// The name of a clip that nobody named: the prompt's first words and the seed.
enum ClipName {
  /// "a-red-ball-bounces-42.mp4". Letters and digits of every script stay.
  static func make(prompt: String, seed: UInt64) -> String {
    var slug = ""
    for word in prompt.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
      guard slug.utf8.count + word.utf8.count < longest else {
        if slug.isEmpty { slug = shortened(word) }
        break
      }
      slug += slug.isEmpty ? word : "-" + word
    }
    return "\(slug.isEmpty ? "clip" : slug)-\(seed).mp4"
  }

  /// Bytes; file systems allow 255, a person reads fewer.
  private static let longest = 60

  /// Languages that do not part words give one long one.
  private static func shortened(_ word: Substring) -> String {
    var result = ""
    for character in word {
      guard result.utf8.count + character.utf8.count <= longest else { break }
      result.append(character)
    }
    return result
  }
}
