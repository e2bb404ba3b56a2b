/// Words of the other language in the middle of a clause. A clause in each language is no mistake.
enum TangledLanguages {
  static func check(_ draft: Draft) -> [Hint] {
    Slot.positive.compactMap { slot in
      let text = draft.slots[slot]
      let clauses = Clause.clauses(of: text, marks: Clause.marks.union(["(", ")", "（", "）", "/"]))
      return clauses.lazy.compactMap { hint($0, slot, draft) }.first
    }
  }

  private static func hint(_ clause: Clause, _ slot: Slot, _ draft: Draft) -> Hint? {
    let words = TextWord.words(of: clause.text.blankingQuotes())
    let strays = Strays(words, in: clause.text)
    guard let first = strays.runs.first else { return nil }
    let stray = clause.text.characters(first)
    let message = Bilingual(
      "“\(stray)”: two languages within one clause; use one", "“\(stray)”：一句之中混用两种语言，请只用一种")
    let range = clause.range.lowerBound + first.lowerBound..<clause.range.lowerBound + first.upperBound
    return Hint(
      .tangledLanguages, .advice, [slot], message, words: stray, range: range, fixes: fix(clause, strays, slot, draft))
  }

  /// The stray words in the clause's language where the dictionary knows all of them; without them where it does not.
  private static func fix(_ clause: Clause, _ strays: Strays, _ slot: Slot, _ draft: Draft) -> [Fix] {
    guard let text = translated(clause, strays) ?? withoutStrays(clause, strays) else { return [] }
    let whole = draft.slots[slot].replacing(clause.range, with: text)
    return [Fix(Bilingual("write “\(text)”", "改写为“\(text)”"), .slots(draft.with(slot, whole)))]
  }

  private static func translated(_ clause: Clause, _ strays: Strays) -> String? {
    var text = clause.text
    for run in strays.runs.reversed() {
      guard let other = WordPairs.translation(of: text.characters(run), isChinese: !strays.clauseIsChinese) else {
        return nil
      }
      text = text.replacing(run, with: other)
    }
    return strays.clauseIsChinese ? text.withoutSpacesAroundHan() : text
  }

  /// nil where what is left says too little: "一个 quokka" without its animal is no subject.
  private static func withoutStrays(_ clause: Clause, _ strays: Strays) -> String? {
    var text = clause.text
    for run in strays.runs.reversed() { text = text.removing(run) }
    text = PromptComposer.tidy(strays.clauseIsChinese ? text.withoutSpacesAroundHan() : text)
    return TextWord.words(of: text).count > 3 ? text : nil
  }
}

/// The words of a clause that are in the other language.
private struct Strays {
  var clauseIsChinese: Bool
  /// Neighbouring words together, in characters of the clause.
  var runs: [Range<Int>] = []

  init(_ words: [TextWord], in text: String) {
    let han = words.count { $0.isHan }
    let latin = words.filter { !$0.isHan && Self.isOrdinary($0, in: text) }
    clauseIsChinese = han >= latin.count
    guard han > 0, !latin.isEmpty else { return }
    let strays = clauseIsChinese ? latin : words.filter(\.isHan)
    for word in strays {
      if let last = runs.last, text.characters(last.upperBound..<word.range.lowerBound).allSatisfy(\.isWhitespace) {
        runs[runs.count - 1] = last.lowerBound..<word.range.upperBound
      } else {
        runs.append(word.range)
      }
    }
  }

  /// Names, abbreviations and numbers belong to every language: "Tokyo", "LED", "3D", "vlog".
  private static func isOrdinary(_ word: TextWord, in text: String) -> Bool {
    let typed = text.characters(word.range)
    return typed.count > 1 && typed.allSatisfy { $0.isLowercase || $0 == "-" || $0 == "'" } && !loans.contains(typed)
  }

  private static let loans: Set<String> = [
    "vlog", "cosplay", "lo-fi", "anime", "emoji", "logo", "wifi", "app", "fps", "mm",
  ]
}

extension String {
  /// What stands in quotation marks is shown, not read: "a sign that says “欢迎”".
  fileprivate func blankingQuotes() -> String {
    let closing: [Character: Character] = ["“": "”", "\"": "\"", "「": "」", "《": "》", "‘": "’", "『": "』"]
    var end: Character?
    return String(
      map { character in
        if let awaited = end {
          if character == awaited { end = nil }
          return " "
        }
        end = closing[character]
        return end == nil ? character : " "
      })
  }

  fileprivate func withoutSpacesAroundHan() -> String {
    let characters = Array(self)
    let kept = characters.indices.filter { index in
      guard characters[index].isWhitespace else { return true }
      let isBeside = [index - 1, index + 1].contains { characters.indices.contains($0) && characters[$0].isHan }
      return !isBeside
    }
    return String(kept.map { characters[$0] })
  }
}
