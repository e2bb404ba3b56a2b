/// Words typed twice, and clauses said twice.
enum Repetitions {
  static func check(_ draft: Draft) -> [Hint] {
    Slot.positive.compactMap { doubledWord($0, draft) } + doubledClause(draft)
  }

  private static func doubledWord(_ slot: Slot, _ draft: Draft) -> Hint? {
    let text = draft.slots[slot]
    let words = draft.reading(slot).words
    for (first, second) in zip(words, words.dropFirst()) where isSlip(first, second, text) {
      let word = text.characters(second.range)
      let message = Bilingual("“\(word)” stands twice", "“\(word)”重复了")
      return Hint(
        .repetition, .advice, [slot], message, words: word, range: second.range,
        fixes: [remove(second.range, from: slot, draft)])
    }
    return nil
  }

  /// Doubling is grammar in Chinese ("慢慢") and emphasis in some English words.
  private static func isSlip(_ first: TextWord, _ second: TextWord, _ text: String) -> Bool {
    guard first.text == second.text else { return false }
    let between = text.characters(first.range.upperBound..<second.range.lowerBound)
    if first.isHan { return between.isEmpty && particles.contains(first.text) }
    return first.text.contains(where: \.isLetter) && between.allSatisfy(\.isWhitespace)
      && !emphasised.contains(first.text)
  }

  private static func doubledClause(_ draft: Draft) -> [Hint] {
    var seen: Set<String> = []
    for slot in Slot.positive {
      for clause in Clause.clauses(of: draft.slots[slot]) {
        let words = TextWord.words(of: clause.text).map(\.text)
        guard words.count > 0, !seen.insert(words.joined(separator: " ")).inserted else { continue }
        let message = Bilingual("“\(clause.text)” is said twice", "“\(clause.text)”说了两遍")
        return [
          Hint(
            .repetition, .advice, [slot], message, words: clause.text, range: clause.range,
            fixes: [remove(clause.range, from: slot, draft)])
        ]
      }
    }
    return []
  }

  private static func remove(_ range: Range<Int>, from slot: Slot, _ draft: Draft) -> Fix {
    Fix(Bilingual("remove one", "删去一个"), .slots(draft.with(slot, draft.slots[slot].removing(range))))
  }

  private static let particles: Set<String> = ["的", "在", "和", "是", "着", "被", "把"]
  private static let emphasised: Set<String> = [
    "very", "really", "so", "far", "much", "many", "round", "up", "ha", "bye", "knock", "tick", "tap", "drip", "hop",
    "choo",
    "no", "that", "had", "big", "long", "old",
  ]
}
