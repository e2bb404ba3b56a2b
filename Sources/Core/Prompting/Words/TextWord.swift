/// A word of a text: a run of letters and digits (with inner apostrophes and hyphens), or one Chinese character.
struct TextWord: Hashable {
  /// As typed, in lower case.
  var text: String
  /// Offsets in characters.
  var range: Range<Int>
  var isHan: Bool

  static func words(of text: String) -> [TextWord] {
    var words: [TextWord] = []
    var run = ""
    func close(before offset: Int) {
      guard !run.isEmpty else { return }
      words.append(TextWord(text: run.lowercased(), range: offset - run.count..<offset, isHan: false))
      run = ""
    }
    for (offset, character) in text.enumerated() {
      if character.isHan {
        close(before: offset)
        words.append(TextWord(text: String(character), range: offset..<offset + 1, isHan: true))
      } else if character.isLetter || character.isNumber || (!run.isEmpty && "-'’".contains(character)) {
        run.append(character)
      } else {
        close(before: offset)
      }
    }
    close(before: text.count)
    return words
  }
}
