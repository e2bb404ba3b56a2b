import Foundation

/// Text cut into words as the search sees them: "Étoile 红色🌟" is "etoile", "红", "色", "🌟".
///
/// The only place that decides what a word is; the index of the ledger keeps what it is given. Case, accents and
/// widths are folded. Chinese and Japanese put no space between words, so each of their characters is one.
public enum SearchWords {
  public static func cut(_ text: String) -> [String] {
    var words: [String] = []
    var isOpen = false
    for scalar in text.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
      switch kind(of: scalar) {
      case .letter:
        if isOpen { words[words.count - 1].unicodeScalars.append(scalar) } else { words.append(String(scalar)) }
        isOpen = true
      case .mark:
        if !words.isEmpty { words[words.count - 1].unicodeScalars.append(scalar) }
      case .alone:
        words.append(String(scalar))
        isOpen = false
      case .nothing: break
      case .gap: isOpen = false
      }
    }
    return words
  }

  /// Whether `words` stand in `text` one after the other; the last one may be the beginning of a longer one,
  /// because a person is still typing it.
  public static func contain(_ words: [String], in text: [String]) -> Bool {
    guard let last = words.last, text.count >= words.count else { return words.isEmpty }
    return (0...text.count - words.count).contains { start in
      text[start..<start + words.count - 1].elementsEqual(words.dropLast())
        && text[start + words.count - 1].hasScalarPrefix(last)
    }
  }

  private enum Kind { case letter, mark, alone, nothing, gap }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar.value {
    // Accents of Latin, Greek and Cyrillic; what chooses between an emoji and a text symbol; the joiner.
    case 0x300...0x36F, 0xFE00...0xFE0F, 0x200D: return .nothing
    // Kana, Bopomofo, Han with its extensions.
    case 0x3041...0x3098, 0x309B...0x312F, 0x31A0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
      0x20000...0x3FFFF:
      return .alone
    default: break
    }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      .letter
    case .nonspacingMark, .spacingMark, .enclosingMark: .mark
    case .otherSymbol, .modifierSymbol: scalar.isASCII ? .gap : .alone
    default: .gap
    }
  }
}

extension String {
  /// By scalars, as an index compares bytes: "か" begins "が".
  fileprivate func hasScalarPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
