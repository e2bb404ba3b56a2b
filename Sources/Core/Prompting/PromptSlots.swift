/// What was typed into each slot, byte for byte.
///
///     var slots = PromptSlots(subject: "a red ball", action: "bounces", scene: "a grid room")
///     slots[.camera] = "static shot"
///     PromptComposer.compose(slots, .en)  // "A red ball in a grid room bounces, static shot."
public struct PromptSlots: Hashable, Sendable {
  private var texts: [Slot: String] = [:]

  public init(
    subject: String = "", action: String = "", scene: String = "", style: String = "", camera: String = "",
    negative: String = ""
  ) {
    self[.subject] = subject
    self[.action] = action
    self[.scene] = scene
    self[.style] = style
    self[.camera] = camera
    self[.negative] = negative
  }

  /// An empty slot is "".
  public subscript(slot: Slot) -> String {
    get { texts[slot] ?? "" }
    set { texts[slot] = newValue.isEmpty ? nil : newValue }
  }

  /// Nothing but white space in the slot.
  public func isBlank(_ slot: Slot) -> Bool { self[slot].allSatisfy(\.isWhitespace) }

  /// Nothing to render: every slot of the prompt itself is blank.
  public var isBlank: Bool { Slot.positive.allSatisfy { isBlank($0) } }
}

/// One object with a key for each filled slot: {"subject": "a red ball", "action": "bounces"}.
extension PromptSlots: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for slot in Slot.allCases {
      self[slot] = try container.decodeIfPresent(String.self, forKey: Key(slot)) ?? ""
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for slot in Slot.allCases where !self[slot].isEmpty {
      try container.encode(self[slot], forKey: Key(slot))
    }
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ slot: Slot) { stringValue = slot.rawValue }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
