/// Ghost text: how the phrase under the cursor could go on.
///
///     let completion = Completion(vocabulary: catalog.vocabulary, frequency: ["zoom out": 3])
///     completion.suggest(.camera, text: "zoo", cursor: 3, .en)  // "m out"
///
/// Phrases the user has used come first, by count; then the order of the vocabulary.
public struct Completion: Sendable {
  private let vocabulary: Vocabulary
  private let frequency: [String: Int]
  private let own: [Slot: [String]]

  /// - Parameters:
  ///   - frequency: how often the user has used a phrase, in lower case.
  ///   - own: phrases of the user that the vocabulary may lack.
  public init(vocabulary: Vocabulary, frequency: [String: Int] = [:], own: [Slot: [String]] = [:]) {
    self.vocabulary = vocabulary
    self.frequency = frequency
    self.own = own
  }

  /// From what the user has rendered: each clause of each slot counts.
  public init(vocabulary: Vocabulary, history: [PromptSlots]) {
    var frequency: [String: Int] = [:]
    var own: [Slot: [String]] = [:]
    for slots in history {
      for slot in Slot.allCases {
        let clauses = Clause.clauses(of: slots[slot]).map(\.text)
        for clause in clauses { frequency[clause.lowercased(), default: 0] += 1 }
        own[slot, default: []] += clauses
      }
    }
    self.init(vocabulary: vocabulary, frequency: frequency, own: own.mapValues { Array(Set($0)).sorted() })
  }

  /// What Right would insert at the cursor (in characters), or nil. Only at the end of a phrase that has begun.
  public func suggest(_ slot: Slot, text: String, cursor: Int, _ language: PromptLanguage) -> String? {
    let characters = Array(text)
    guard cursor > 0, cursor <= characters.count else { return nil }
    if cursor < characters.count, !Self.ends(characters[cursor]) { return nil }
    let begun = Self.begun(characters[..<cursor])
    guard begun.count >= (begun.first?.isHan == true ? 1 : 2) else { return nil }
    return best(slot, language, begun).map { String($0.dropFirst(begun.count)) }
  }

  private func best(_ slot: Slot, _ language: PromptLanguage, _ begun: [Character]) -> String? {
    let start = String(begun).lowercased()
    let offered = (own[slot] ?? []) + vocabulary.phrases(for: slot, language)
    var best: (phrase: String, uses: Int)?
    for phrase in offered where phrase.count > begun.count && phrase.lowercased().hasPrefix(start) {
      let uses = frequency[phrase.lowercased()] ?? 0
      if best.map({ uses > $0.uses }) ?? true { best = (phrase, uses) }
    }
    return best?.phrase
  }

  /// What was typed since the last comma.
  private static func begun(_ typed: ArraySlice<Character>) -> [Character] {
    let start = typed.lastIndex(where: ends).map { typed.index(after: $0) } ?? typed.startIndex
    return Array(typed[start...].drop(while: \.isWhitespace))
  }

  private static func ends(_ character: Character) -> Bool { ",，、;；.。\n".contains(character) }
}
