/// A list of phrases that can be found in a text: English by whole words, Chinese by characters.
struct Phrases: Sendable {
  private var english: [String: [[String]]] = [:]
  private var chinese: [Character: [[Character]]] = [:]

  /// Phrases in both languages, in lower case.
  init(_ phrases: [String]) {
    for phrase in phrases {
      if let first = phrase.first(where: \.isHan) {
        chinese[phrase.first ?? first, default: []].append(Array(phrase))
      } else {
        let words = phrase.split(separator: " ").map(String.init)
        english[words.first ?? "", default: []].append(words)
      }
    }
  }

  /// Every place where one of the phrases stands, in characters, from the start; the longest phrase of each place.
  func ranges(in text: String) -> [Range<Int>] { ranges(in: Reading(text)) }

  func ranges(in reading: Reading) -> [Range<Int>] {
    let found = englishRanges(in: reading.words)
    guard reading.hasHan, !chinese.isEmpty else { return found }
    return (found + chineseRanges(in: reading.characters)).sorted { $0.lowerBound < $1.lowerBound }
  }

  func isFound(in text: String) -> Bool { !ranges(in: text).isEmpty }

  func isFound(in reading: Reading) -> Bool { !ranges(in: reading).isEmpty }

  private func englishRanges(in words: [TextWord]) -> [Range<Int>] {
    guard !english.isEmpty else { return [] }
    var ranges: [Range<Int>] = []
    var index = 0
    while index < words.count {
      guard let length = english[words[index].text]?.compactMap({ Self.match($0, words[index...]) }).max() else {
        index += 1
        continue
      }
      ranges.append(words[index].range.lowerBound..<words[index + length - 1].range.upperBound)
      index += length
    }
    return ranges
  }

  private static func match(_ phrase: [String], _ words: ArraySlice<TextWord>) -> Int? {
    phrase.count <= words.count && zip(phrase, words).allSatisfy { $0 == $1.text } ? phrase.count : nil
  }

  private func chineseRanges(in characters: [Character]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var index = 0
    while index < characters.count {
      let matches = chinese[characters[index]]?.filter { characters[index...].starts(with: $0) } ?? []
      guard let longest = matches.map(\.count).max() else {
        index += 1
        continue
      }
      ranges.append(index..<index + longest)
      index += longest
    }
    return ranges
  }
}

/// A text taken apart once, to be searched for many phrases.
struct Reading: Hashable {
  var words: [TextWord]
  /// In lower case.
  var characters: [Character]
  var hasHan: Bool

  init(_ text: String) {
    words = TextWord.words(of: text)
    hasHan = words.contains(where: \.isHan)
    characters = hasHan ? Array(text.lowercased()) : []
  }
}

extension String {
  /// The characters at these offsets.
  func characters(_ range: Range<Int>) -> String { String(Array(self)[range.clamped(to: 0..<count)]) }
}
