/// The prompt's first words as a part of a file's name: "a-red-ball-bounces".
public enum PromptSlug {
  /// Letters and digits of every script stay. Empty if there are none.
  /// - Parameter longest: in bytes; file systems allow 255, a person reads fewer.
  public static func make(_ prompt: String, longest: Int = 60) -> String {
    var slug = ""
    for word in prompt.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
      guard slug.utf8.count + word.utf8.count < longest else {
        return slug.isEmpty ? shortened(word, longest) : slug
      }
      slug += slug.isEmpty ? word : "-" + word
    }
    return slug
  }

  /// Languages that do not part words give one long one.
  private static func shortened(_ word: Substring, _ longest: Int) -> String {
    var result = ""
    for character in word {
      guard result.utf8.count + character.utf8.count <= longest else { break }
      result.append(character)
    }
    return result
  }
}
