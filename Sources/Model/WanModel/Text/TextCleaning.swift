import Foundation

/// Cleans a prompt as the Wan pipelines do before they tokenise it.
///
///     TextCleaning.clean("Tom &amp;amp; “Jerry”\t schÃ¶n ")   // Tom & "Jerry" schön
///
/// Order: repairs line by line (entities, text read in the wrong encoding, odd characters, normal form C) until
/// nothing changes; then HTML entities twice; then every run of white space becomes one space.
/// Source of the order: diffusers, `pipeline_wan.py`, `prompt_clean`; of the repairs: ftfy's documentation.
public enum TextCleaning {
  public static func clean(_ text: String) -> String {
    var scalars = repairLines(Array(text.unicodeScalars))
    scalars = HTMLEntities.unescape(HTMLEntities.unescape(scalars))
    return String(String.UnicodeScalarView(collapseSpace(scalars)))
  }

  /// A line is repaired again until nothing changes, but not endlessly: `&amp;amp;amp;…` loses one level a time.
  private static let maximumPasses = 32

  private static func repairLines(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    // A "<" means that the text is HTML, and from there on its entities are left to the end.
    var isMarkup = false
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: "\n").map { $0 + 1 } ?? text.count
      let line = Array(text[start..<end])
      isMarkup = isMarkup || line.contains("<")
      result += repair(line, unescaping: !isMarkup)
      start = end
    }
    return result
  }

  private static func repair(_ line: [Unicode.Scalar], unescaping: Bool) -> [Unicode.Scalar] {
    var line = line
    for _ in 0..<maximumPasses {
      var repaired = unescaping ? HTMLEntities.unescapeStrictly(line) : line
      repaired = composed(CharacterRepairs.apply(Mojibake.repair(repaired)))
      if repaired == line { break }
      line = repaired
    }
    return line
  }

  /// Normal form C. Foundation's takes time that grows with the square of the length, so long texts go through it
  /// in pieces, cut where nothing joins.
  private static func composed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains(where: { $0.value >= 0x300 }) else { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var start = 0
    while start < text.count {
      let end = text[min(start + 500, text.count)...].firstIndex(where: startsAnew) ?? text.count
      let piece = String(String.UnicodeScalarView(text[start..<end]))
      result += piece.precomposedStringWithCanonicalMapping.unicodeScalars
      start = end
    }
    return result
  }

  /// Whether the character never becomes one with those before it: Latin, ideographs, whole syllables of hangul.
  private static func startsAnew(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x300 || (0x3400...0x9FFF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
  }

  private static func collapseSpace(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for scalar in text {
      let isSpace = scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
      if !isSpace { result.append(scalar) } else if let last = result.last, last != " " { result.append(" ") }
    }
    if result.last == " " { result.removeLast() }
    return result
  }
}
