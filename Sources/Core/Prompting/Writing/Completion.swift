/// Ghost text: how the phrase under the cursor could go on.
///
///     let completion = Completion(vocabulary: catalog.vocabulary, frequency: ["zoom out": 3])
///     completion.suggest(.camera, text: "zoo", cursor: 3, .en)  // "m out"
///
/// Phrases the user has used come first, by count; then the order of the vocabulary.
public struct Completion: Sendable {
  private let phrases: [PromptLanguage: [Slot: [String]]]

  /// - Parameter frequency: how often the user has used a phrase, in lower case. Phrases that the vocabulary lacks
  ///   are offered in every slot of `own`.
  public init(vocabulary: Vocabulary, frequency: [String: Int] = [:], own: [Slot: [String]] = [:]) {
    var ranked: [PromptLanguage: [Slot: [String]]] = [:]
    for language in PromptLanguage.allCases {
      for slot in Slot.allCases {
        let all = (own[slot] ?? []) + vocabulary.phrases(for: slot, language)
        ranked[language, default: [:]][slot] = Self.ranked(all, by: frequency)
      }
    }
    phrases = ranked
  }

  /// What Right would insert at the cursor (in characters), or nil. Only at the end of a phrase that has begun.
  public func suggest(_ slot: Slot, text: String, cursor: Int, _ language: PromptLanguage) -> String? {
    let characters = Array(text)
    guard cursor > 0, cursor <= characters.count else { return nil }
    if cursor < characters.count, !Self.ends(characters[cursor]) { return nil }
    let begun = Self.begun(characters[..<cursor])
    guard begun.count >= (begun.first?.isHan == true ? 1 : 2) else { return nil }
    let offered = phrases[language]?[slot] ?? []
    guard let phrase = offered.first(where: { Self.goesOn($0, from: begun) }) else { return nil }
    return String(phrase.dropFirst(begun.count))
  }

  private static func ranked(_ phrases: [String], by frequency: [String: Int]) -> [String] {
    var seen: Set<String> = []
    let distinct = phrases.filter { seen.insert($0.lowercased()).inserted }
    return distinct.enumerated()
      .sorted { a, b in
        let (usesA, usesB) = (frequency[a.element.lowercased()] ?? 0, frequency[b.element.lowercased()] ?? 0)
        return usesA != usesB ? usesA > usesB : a.offset < b.offset
      }
      .map(\.element)
  }

  private static func goesOn(_ phrase: String, from begun: [Character]) -> Bool {
    phrase.count > begun.count && phrase.lowercased().hasPrefix(String(begun).lowercased())
  }

  /// What was typed since the last comma.
  private static func begun(_ typed: ArraySlice<Character>) -> [Character] {
    let start = typed.lastIndex(where: ends).map { typed.index(after: $0) } ?? typed.startIndex
    return Array(typed[start...].drop(while: \.isWhitespace))
  }

  private static func ends(_ character: Character) -> Bool { ",，、;；.。\n".contains(character) }
}
