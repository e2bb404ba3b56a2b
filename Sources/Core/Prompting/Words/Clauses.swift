/// A text between two punctuation marks, with its place.
struct Clause: Hashable {
  var text: String
  /// Offsets in characters, without the spaces around.
  var range: Range<Int>

  static let marks: Set<Character> = [",", "，", "、", ";", "；", ".", "。", "\n", "!", "！", "?", "？"]

  static func clauses(of text: String, marks: Set<Character> = marks) -> [Clause] {
    let characters = Array(text)
    var clauses: [Clause] = []
    var start = 0
    for end in 0...characters.count where end == characters.count || isMark(characters[end], marks) {
      if let clause = trimmed(characters, start..<end) { clauses.append(clause) }
      start = end + 1
    }
    return clauses
  }

  /// A line's end parts clauses even where no mark does ("\r\n" is one character).
  private static func isMark(_ character: Character, _ marks: Set<Character>) -> Bool {
    marks.contains(character) || (character.isNewline && !marks.isEmpty)
  }

  private static func trimmed(_ characters: [Character], _ range: Range<Int>) -> Clause? {
    guard let first = range.first(where: { !characters[$0].isWhitespace }),
      let last = range.last(where: { !characters[$0].isWhitespace })
    else { return nil }
    return Clause(text: String(characters[first...last]), range: first..<last + 1)
  }
}

extension String {
  /// Without these characters, and without the comma or the space that held them.
  func removing(_ range: Range<Int>) -> String {
    let characters = Array(self)
    let isLoose: (Character) -> Bool = { $0.isWhitespace || ",，、;；".contains($0) }
    let before = String(characters[..<range.lowerBound])
    let after = String(characters[range.upperBound...])
    let start = before.trimmingEnd(isLoose)
    let end = after.drop(while: isLoose)
    if start.isEmpty || end.isEmpty { return start.isEmpty ? String(end) : start }
    let gaps = [String(before.dropFirst(start.count)), String(after.prefix(after.count - end.count))]
    let gap = gaps.first { $0.contains { !$0.isWhitespace } } ?? gaps.first { !$0.isEmpty } ?? ""
    return start + gap + end
  }

  func trimmingEnd(_ isMargin: (Character) -> Bool) -> String {
    guard let last = lastIndex(where: { !isMargin($0) }) else { return "" }
    return String(self[...last])
  }

  func replacing(_ range: Range<Int>, with text: String) -> String {
    let characters = Array(self)
    return String(characters[..<range.lowerBound]) + text + String(characters[range.upperBound...])
  }
}
