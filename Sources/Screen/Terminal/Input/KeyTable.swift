/// Which bytes are which key, for every terminal of xterm's family, rxvt and the Linux console.
enum KeyTable {
  /// A control character; nil for text.
  static func control(_ byte: UInt8, backspace: UInt8) -> Key? {
    if byte == backspace { return Key(.backspace) }
    switch byte {
    case 0x00: return .control(" ")
    case 0x08: return Key(.backspace, .control)
    case 0x09: return Key(.tab)
    case 0x0D: return Key(.enter)
    case 0x1B: return Key(.escape)
    case 0x7F: return Key(.backspace)
    case 0x01...0x1A: return .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x1C...0x1F: return .control(Character(Unicode.Scalar(byte + 0x40)))
    default: return nil
    }
  }

  static func key(for sequence: ControlSequence) -> Key? {
    guard sequence.marker == nil else { return nil }
    switch (sequence.final, sequence.intermediates) {
    case ("~", ""): return tilde(sequence)
    case ("u", ""): return unicode(sequence.parameters.first ?? 0, sequence.modifiers)
    case ("^", ""): return numbered(sequence.parameters.first ?? 0, .control)
    case ("$", ""): return numbered(sequence.parameters.first ?? 0, .shift)
    case ("@", ""): return numbered(sequence.parameters.first ?? 0, [.control, .shift])
    case (let final, ""): return key(final: final, modifiers: sequence.modifiers)
    // rxvt's shifted keys end in "$", which other sequences use as an intermediate.
    default: return nil
    }
  }

  /// Sequences that are told apart by their letter, after `ESC [` or `ESC O`.
  static func key(final: Character, modifiers: Key.Modifiers) -> Key? {
    switch final {
    case "A": Key(.up, modifiers)
    case "B": Key(.down, modifiers)
    case "C": Key(.right, modifiers)
    case "D": Key(.left, modifiers)
    case "H": Key(.home, modifiers)
    case "F": Key(.end, modifiers)
    case "a": Key(.up, .shift)
    case "b": Key(.down, .shift)
    case "c": Key(.right, .shift)
    case "d": Key(.left, .shift)
    case "M": Key(.enter, modifiers)
    case "Z": Key(.backtab, modifiers.subtracting(.shift))
    case "P": Key(.function(1), modifiers)
    case "Q": Key(.function(2), modifiers)
    case "R": Key(.function(3), modifiers)
    case "S": Key(.function(4), modifiers)
    default: nil
    }
  }

  private static func tilde(_ sequence: ControlSequence) -> Key? {
    let number = sequence.parameters.first ?? 0
    // xterm's modifyOtherKeys: 27 ; modifiers ; character ~
    if number == 27, sequence.parameters.count >= 3 { return unicode(sequence.parameters[2], sequence.modifiers) }
    return numbered(number, sequence.modifiers)
  }

  private static func numbered(_ number: Int, _ modifiers: Key.Modifiers) -> Key? {
    switch number {
    case 1, 7: Key(.home, modifiers)
    case 2: Key(.insert, modifiers)
    case 3: Key(.delete, modifiers)
    case 4, 8: Key(.end, modifiers)
    case 5: Key(.pageUp, modifiers)
    case 6: Key(.pageDown, modifiers)
    case 11...15: Key(.function(number - 10), modifiers)
    case 17...21: Key(.function(number - 11), modifiers)
    case 23...24: Key(.function(number - 12), modifiers)
    default: nil
    }
  }

  /// A key by its character's number, as kitty's keyboard protocol and modifyOtherKeys send it.
  private static func unicode(_ number: Int, _ modifiers: Key.Modifiers) -> Key? {
    switch number {
    case 9: return modifiers.contains(.shift) ? Key(.backtab, modifiers.subtracting(.shift)) : Key(.tab, modifiers)
    case 13, 57414: return Key(.enter, modifiers)
    case 27: return Key(.escape, modifiers)
    case 8, 127: return Key(.backspace, modifiers)
    case 57344...63743: return nil
    default: break
    }
    guard let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init), number >= 0x20 else { return nil }
    return character(Character(scalar), modifiers)
  }

  /// Shift is part of the character where it is text; letters with Ctrl are lower-case.
  private static func character(_ character: Character, _ modifiers: Key.Modifiers) -> Key {
    if modifiers.contains(.control) {
      return Key(.character(character.lowercased().first ?? character), modifiers)
    }
    let shifted = modifiers.contains(.shift) ? character.uppercased().first ?? character : character
    return Key(.character(shifted), modifiers.subtracting(.shift))
  }
}
