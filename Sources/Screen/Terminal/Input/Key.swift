/// A key as it was struck.
///
///     switch key {
///     case .control("r"): start()
///     case .function(2): show(.compose)
///     case Key(.left, .alt): wordLeft()
///     default: break
///     }
public struct Key: Hashable, Sendable {
  public var code: Code
  public var modifiers: Modifiers

  public enum Code: Hashable, Sendable {
    /// Text. Letters with Ctrl are lower-case; Shift is part of the character.
    case character(Character)
    case enter, tab, backtab, escape, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
  }

  public struct Modifiers: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let shift = Modifiers(rawValue: 1)
    public static let alt = Modifiers(rawValue: 2)
    public static let control = Modifiers(rawValue: 4)
  }

  public init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  public static func character(_ character: Character) -> Key { Key(.character(character)) }
  public static func control(_ character: Character) -> Key { Key(.character(character), .control) }
  public static func alt(_ character: Character) -> Key { Key(.character(character), .alt) }
  public static func function(_ number: Int) -> Key { Key(.function(number)) }
}

extension Key: CustomStringConvertible {
  /// As help shows it: "Ctrl-R", "Alt-1", "F2", "Shift-Tab", "Ctrl-Left".
  public var description: String {
    var parts: [String] = []
    if modifiers.contains(.control) { parts.append("Ctrl") }
    if modifiers.contains(.alt) { parts.append("Alt") }
    if modifiers.contains(.shift) || code == .backtab { parts.append("Shift") }
    parts.append(name)
    return parts.joined(separator: "-")
  }

  private var name: String {
    switch code {
    case .character(" "): "Space"
    case .character(let character): modifiers.isEmpty ? String(character) : character.uppercased()
    case .enter: "Enter"
    case .tab, .backtab: "Tab"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .insert: "Ins"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .function(let number): "F\(number)"
    }
  }
}
