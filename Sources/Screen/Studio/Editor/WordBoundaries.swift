/// Where words begin and end, for motions: by script, so that Latin words inside Chinese text part from it.
///
/// Chinese writes no spaces. A run of ideographs is parted after its particles (红色的|球在|房间里|弹跳), which
/// needs no dictionary and gives steps of two or three signs.
enum WordBoundaries {
  static func after(_ position: Int, in text: [Character]) -> Int {
    var index = position
    while index < text.count, kind(text[index]) == .space { index += 1 }
    guard index < text.count else { return index }
    let first = kind(text[index])
    repeat { index += 1 } while index < text.count && kind(text[index]) == first && !parts(text[index - 1], first)
    return index
  }

  static func before(_ position: Int, in text: [Character]) -> Int {
    var index = position
    while index > 0, kind(text[index - 1]) == .space { index -= 1 }
    guard index > 0 else { return 0 }
    let first = kind(text[index - 1])
    repeat { index -= 1 } while index > 0 && kind(text[index - 1]) == first && !parts(text[index - 1], first)
    return index
  }

  private enum Kind {
    case space, letter, ideograph, kana, hangul, mark
  }

  private static let particles: Set<Character> = ["的", "地", "得", "了", "着", "在", "里", "上", "下", "中", "和", "与"]

  private static func parts(_ character: Character, _ kind: Kind) -> Bool {
    kind == .ideograph && particles.contains(character)
  }

  private static func kind(_ character: Character) -> Kind {
    guard let scalar = character.unicodeScalars.first, !character.isWhitespace else { return .space }
    switch scalar.value {
    case 0x3040...0x30FF, 0x31F0...0x31FF: return .kana
    case 0xAC00...0xD7A3, 0x1100...0x11FF: return .hangul
    default:
      if scalar.properties.isIdeographic { return .ideograph }
      return character.isLetter || character.isNumber || character == "_" || character == "'" ? .letter : .mark
    }
  }
}
