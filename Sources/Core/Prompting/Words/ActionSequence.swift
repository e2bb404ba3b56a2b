/// The actions of a text that happen one after the other: "bounces twice, then rolls to the left" has two.
///
/// What happens at the same time ("walks, smiling", "dances while it rains", "走来，长发飘动") counts as one.
enum ActionSequence {
  struct Action: Hashable {
    /// The word that names it.
    var verb: String
    /// From the word that says "then" to the end of the action.
    var range: Range<Int>
  }

  static func actions(in text: String) -> [Action] {
    let starts = [0] + laterStarts(in: text)
    let ends = starts.dropFirst() + [text.count]
    return zip(starts, ends).compactMap { start, end in
      verb(of: text.characters(start..<end)).map { Action(verb: $0, range: start..<end) }
    }
  }

  /// "先弹跳，" → "弹跳": what is left of the first action when it is the only one.
  static func withoutMarker(_ text: String) -> String {
    var text = PromptComposer.tidy(text)
    for word in ["and then", "and", "then", "first"] where text.lowercased().hasSuffix(" \(word)") {
      text = PromptComposer.tidy(String(text.dropLast(word.count)))
    }
    for word in ["先", "首先"] where text.hasPrefix(word) { text = String(text.dropFirst(word.count)) }
    for word in ["first ", "First "] where text.hasPrefix(word) { text = String(text.dropFirst(word.count)) }
    return PromptComposer.tidy(text)
  }

  private static func laterStarts(in text: String) -> [Int] {
    let told = markers.ranges(in: text).map(\.lowerBound)
    return Set(told + listed(in: text)).filter { $0 > 0 }.sorted()
  }

  /// A clause that begins with a verb in the form of the first one: "runs to the door, opens it".
  private static func listed(in text: String) -> [Int] {
    let clauses = Clause.clauses(of: text)
    guard let first = clauses.first, let form = leadingForm(first.text), form != .participle else { return [] }
    return clauses.dropFirst().filter { leadingForm($0.text) == form }.map(\.range.lowerBound)
  }

  private static func leadingForm(_ clause: String) -> EnglishVerb.Form? {
    let words = TextWord.words(of: clause).map(\.text).drop { adverbs.contains($0) || $0.hasSuffix("ly") }
    return words.first.flatMap { Motion.forms[$0] }
  }

  private static func verb(of part: String) -> String? {
    let words = TextWord.words(of: part).filter { !$0.isHan }
    if let word = words.first(where: { Motion.forms[$0.text] != nil || standing.contains($0.text) }) {
      return word.text
    }
    return Motion.chineseRange(in: part).map { part.characters($0) }
  }

  private static let adverbs: Set<String> = ["then", "and", "first", "finally", "next", "also"]
  private static let standing: Set<String> = [
    "stands", "sits", "stops", "looks", "lies", "waits", "smiles", "stand", "sit", "stop",
  ]
  private static let markers = Phrases([
    "and then", "then", "after that", "afterwards", "and finally", "finally", "before",
    "然后", "接着", "随后", "之后再", "，再", "再向", "最后", "紧接着",
  ])
}
