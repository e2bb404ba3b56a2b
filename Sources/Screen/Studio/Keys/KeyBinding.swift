public import Prompting
public import Terminal

/// One thing that keys do in one context. Help, the palette and the key line are made of these records.
public struct KeyBinding: Hashable, Sendable {
  public var action: Action
  public var context: KeyContext
  /// The first one is shown.
  public var keys: [Key]
  public var title: Bilingual
  /// A shorter title, and a place in the key line; nil keeps it out of there. Smaller comes first.
  public var line: Line?

  public struct Line: Hashable, Sendable {
    public var order: Int
    public var title: Bilingual
  }

  init(
    _ action: Action, _ context: KeyContext, _ keys: [Key], _ en: String, _ zh: String,
    line: (order: Int, en: String, zh: String)? = nil
  ) {
    self.action = action
    self.context = context
    self.keys = keys
    title = Bilingual(en, zh)
    self.line = line.map { Line(order: $0.order, title: Bilingual($0.en, $0.zh)) }
  }

  /// "Ctrl-R".
  public var keyName: String { keys.first.map(\.description) ?? "" }
}
