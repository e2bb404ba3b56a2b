/// The language a prompt is written in; also the language of the interface.
public enum PromptLanguage: String, Codable, Hashable, Sendable, CaseIterable {
  case en, zh

  /// By what there is more of, Chinese characters or Latin words; nil when there is neither.
  public static func detect(_ text: String) -> PromptLanguage? {
    let han = text.count(where: \.isHan)
    let words = TextWord.words(of: text).count { !$0.isHan && $0.text.contains(where: \.isLetter) }
    if han == 0 && words == 0 { return nil }
    return han >= max(1, words) ? .zh : .en
  }

  /// The negative prompt has no vote: the usual one is Chinese for every prompt.
  public static func detect(_ slots: PromptSlots) -> PromptLanguage? {
    detect(Slot.positive.map { slots[$0] }.joined(separator: "\n"))
  }
}

extension Character {
  /// A Chinese character (CJK ideographs, their extensions and compatibility forms).
  var isHan: Bool {
    guard let scalar = unicodeScalars.first?.value else { return false }
    return (0x4E00...0x9FFF).contains(scalar) || (0x3400...0x4DBF).contains(scalar)
      || (0xF900...0xFAFF).contains(scalar) || (0x20000...0x3FFFF).contains(scalar)
  }
}
