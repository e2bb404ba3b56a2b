/// The things a subject lists: "a man, a dog and two cats" has three. Attributes ("a man in a hat, old") do not count.
enum SubjectList {
  static func subjects(in text: String) -> [Range<Int>] {
    parts(of: text).filter { isThing(text.characters($0)) }
  }

  /// A number from six up in front of what it counts: "ten dancers", "二十只鸟". Ages and years are none.
  static func largeNumber(in text: String) -> Range<Int>? {
    chineseNumber(in: text)
      ?? parts(of: text).lazy.compactMap { englishNumber(in: text, part: $0) }.first
  }

  private static func parts(of text: String) -> [Range<Int>] {
    let joints = Phrases(["and", "和", "与", "以及", "还有"]).ranges(in: text)
    return Clause.clauses(of: text).flatMap { clause in
      var parts: [Range<Int>] = []
      var start = clause.range.lowerBound
      for joint in joints where clause.range.contains(joint.lowerBound) {
        parts.append(start..<max(start, joint.lowerBound))
        start = joint.upperBound
      }
      parts.append(start..<max(start, clause.range.upperBound))
      return parts.compactMap { trimmed($0, text) }
    }
  }

  private static func trimmed(_ range: Range<Int>, _ text: String) -> Range<Int>? {
    guard let inner = Clause.clauses(of: text.characters(range), marks: []).first?.range else { return nil }
    return range.lowerBound + inner.lowerBound..<range.lowerBound + inner.upperBound
  }

  private static func isThing(_ part: String) -> Bool {
    if let first = TextWord.words(of: part).first, !first.isHan { return counters.contains(first.text) }
    let characters = Array(part)
    guard let number = characters.first, chineseNumbers.contains(number) else { return false }
    return characters.dropFirst().prefix(2).contains { measures.contains($0) }
  }

  private static func englishNumber(in text: String, part: Range<Int>) -> Range<Int>? {
    let words = TextWord.words(of: text.characters(part))
    guard let first = words.first, words.count > 1, isLarge(first.text) else { return nil }
    let noun = words.prefix { !["in", "on", "of", "with", "at", "from", "under"].contains($0.text) }.last?.text ?? ""
    let isPlural = noun.hasSuffix("s") || plurals.contains(noun)
    guard isPlural, !["years", "year", "o'clock", "pounds", "metres", "meters", "feet"].contains(words[1].text) else {
      return nil
    }
    return part.lowerBound + first.range.lowerBound..<part.lowerBound + first.range.upperBound
  }

  private static func isLarge(_ word: String) -> Bool {
    if let number = Int(word) { return (6...999).contains(number) }
    return largeNumbers.contains(word)
  }

  private static func chineseNumber(in text: String) -> Range<Int>? {
    let characters = Array(text)
    for end in characters.indices where measures.contains(characters[end]) {
      var start = end
      while start > 0, isDigit(characters[start - 1]) { start -= 1 }
      let number = String(characters[start..<end])
      let isLarge = Int(number).map { $0 > 5 } ?? number.contains { "六七八九十百千".contains($0) }
      if start < end, isLarge, end + 1 < characters.count { return start..<end + 1 }
    }
    return nil
  }

  private static func isDigit(_ character: Character) -> Bool {
    ("0"..."9").contains(character) || chineseNumbers.contains(character)
  }

  private static let counters: Set<String> = [
    "a", "an", "the", "one", "two", "three", "four", "five", "several", "some", "another", "his", "her", "their", "my",
  ]
  private static let largeNumbers: Set<String> = [
    "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty", "thirty", "forty", "fifty",
    "hundred",
  ]
  private static let plurals: Set<String> = [
    "people", "men", "women", "children", "sheep", "fish", "geese", "mice", "wolves",
  ]
  private static let chineseNumbers: Set<Character> = [
    "一", "两", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "几",
  ]
  private static let measures: Set<Character> = [
    "个", "只", "条", "位", "名", "头", "匹", "辆", "架", "朵", "颗", "群", "艘", "棵", "块", "枚",
  ]
}
