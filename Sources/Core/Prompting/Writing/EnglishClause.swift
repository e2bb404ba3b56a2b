/// "a red ball in a grid room bounces twice": subject, place and action by the verb and the prepositions.
enum EnglishClause {
  static func parts(of clause: String) -> [(Slot, String)] {
    let words = TextWord.words(of: clause)
    guard let verb = verb(in: words) else { return withoutVerb(clause, words) }
    let start = words[..<verb].lastIndex { !isAdverb($0.text) }.map { $0 + 1 } ?? 0
    let before = clause.characters(0..<words[start].range.lowerBound)
    let after = clause.characters(words[start].range.lowerBound..<clause.count)
    let opening = subjectAndPlace(before)
    let hasPlace = opening.contains { $0.0 == .scene }
    return opening + (hasPlace ? [(.action, PromptComposer.tidy(after))] : actionAndPlace(after))
  }

  private static func withoutVerb(_ clause: String, _ words: [TextWord]) -> [(Slot, String)] {
    guard let first = words.first else { return [] }
    return places.contains(first.text) ? [(.scene, clause)] : subjectAndPlace(clause)
  }

  /// The word that is most surely the verb: "leans" before "running", both before "leaves".
  private static func verb(in words: [TextWord]) -> Int? {
    let isOne = words.first.map { ["a", "an", "one"].contains($0.text) } ?? false
    let candidates = words.indices.filter { isVerb(words[$0].text) && mayBeVerb(words, $0) }
    return candidates.first { rank(words[$0].text, isOne) == 0 }
      ?? candidates.min { a, b in
        (rank(words[a].text, isOne), a) < (rank(words[b].text, isOne), b)
      }
  }

  private static func rank(_ word: String, _ isOne: Bool) -> Int {
    if alsoNouns.contains(word) { return 3 }
    switch Motion.forms[word] {
    case .present, nil: return 0
    case .base: return isOne ? 4 : 0
    case .participle: return 1
    }
  }

  private static func mayBeVerb(_ words: [TextWord], _ index: Int) -> Bool {
    guard index > 0 else { return words.count == 1 || Motion.forms[words[0].text] == .present }
    return !nounBefore.contains(words[index - 1].text) && !isInsidePlace(words, index)
  }

  private static func isVerb(_ word: String) -> Bool {
    Motion.forms[word] != nil || standing.contains(word)
  }

  /// Between "over" and its noun: "over rolling hills".
  private static func isInsidePlace(_ words: [TextWord], _ index: Int) -> Bool {
    Motion.forms[words[index].text] == .participle && places.contains(words[index - 1].text)
  }

  private static func subjectAndPlace(_ text: String) -> [(Slot, String)] {
    let words = TextWord.words(of: text)
    let place = words.indices.dropFirst().first { index in
      places.contains(words[index].text) && !isWorn(words, index) && !covers.contains(words[index - 1].text)
    }
    return cut(text, at: place.map { words[$0] }, .subject)
  }

  /// "in a red coat" is part of the subject.
  private static func isWorn(_ words: [TextWord], _ index: Int) -> Bool {
    words[(index + 1)...].prefix { !places.contains($0.text) }.contains { clothes.contains($0.text) }
  }

  /// The last place after the verb; "in circles" and "in the wind" belong to the action.
  private static func actionAndPlace(_ text: String) -> [(Slot, String)] {
    let words = TextWord.words(of: text)
    let place = words.indices.dropFirst().last { index in
      settled.contains(words[index].text)
        && !manner.isFound(in: text.characters(words[index].range.lowerBound..<text.count))
    }
    return cut(text, at: place.map { words[$0] }, .action)
  }

  private static func cut(_ text: String, at place: TextWord?, _ slot: Slot) -> [(Slot, String)] {
    let end = place?.range.lowerBound ?? text.count
    let parts = [(slot, text.characters(0..<end)), (.scene, text.characters(end..<text.count))]
    return parts.map { ($0.0, PromptComposer.tidy($0.1)) }.filter { !$0.1.isEmpty }
  }

  private static func isAdverb(_ word: String) -> Bool {
    (word.hasSuffix("ly") && word.count > 4 && word != "butterfly" && word != "firefly" && word != "dragonfly")
      || ["is", "are", "then", "suddenly"].contains(word)
  }

  private static let standing: Set<String> = [
    "stands", "sits", "lies", "rests", "stays", "waits", "sleeps", "looks", "stares", "is", "are", "remains", "smiles",
  ]
  private static let nounBefore: Set<String> = [
    "a", "an", "the", "of", "his", "her", "its", "their", "my", "your", "this", "that", "two", "three", "in", "on",
    "at", "over",
    "under", "above", "with", "to", "for", "by", "from", "into", "through", "and",
  ]
  private static let places: Set<String> = [
    "in", "on", "at", "over", "under", "above", "below", "beneath", "inside", "against", "among", "near", "beside",
    "behind",
    "between", "across", "along", "around", "by", "underwater", "indoors", "outdoors", "off", "through", "outside",
  ]
  /// "covered in clay", "dressed in white".
  private static let covers: Set<String> = ["covered", "dressed", "wrapped", "clad", "soaked", "drenched"]
  private static let clothes: Set<String> = [
    "coat", "dress", "suit", "wetsuit", "jacket", "shirt", "hat", "apron", "cloak", "cape", "uniform", "kimono",
    "sweater",
    "boots", "armour", "armor", "spacesuit", "hoodie", "gown", "robe", "helmet", "scarf", "skirt", "jeans", "costume",
    "clothes",
    "arms", "head", "face", "shoulders", "back",
  ]
  /// More often a thing than an act.
  private static let alsoNouns: Set<String> = [
    "leaves", "waves", "lights", "steps", "flies", "drops", "sparks", "falls", "rain", "snow", "light", "water", "wave",
    "play",
    "work", "paint", "land", "fall", "fold", "row", "wrap", "shed", "shape", "steam", "bat", "bats", "sail", "sails",
    "beat", "spring",
  ]
  private static let settled: Set<String> = [
    "in", "inside", "at", "on", "under", "among", "underwater", "indoors", "outdoors",
  ]
  private static let manner = Phrases([
    "in circles", "in a circle", "in place", "in slow motion", "on the spot", "in the wind", "in the breeze",
    "in her hand",
    "in his hand", "in her hands", "in his hands", "at the camera", "at full speed", "at high speed", "in size",
    "in unison",
    "in a loop", "in silence", "on its back", "in the rain", "at night", "in a line", "in mid-air", "in a circle",
    "on the glass",
  ])
}
