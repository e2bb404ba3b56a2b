import Prompting
import Terminal

/// The prompt as it is being written.
struct ComposeState: Hashable, Sendable {
  enum Focus: Hashable, Sendable {
    case slot(Slot)
    case free
    case settings
  }

  var editors: [Slot: TextEditor] = [:]
  var freeText = TextEditor()
  var isFree = false
  var focus = Focus.slot(.subject)
  /// Tokens, once the tokenizer has answered, and the text that it was asked about.
  var knownTokens: KnownTokens?
  var dismissedHints: Set<String> = []
  /// What the present prompt was loaded from.
  var parent: Int64?
  var ghost: String?
  var hints: [Hint] = []

  struct KnownTokens: Hashable, Sendable {
    var count: Int
    var text: String
  }

  subscript(slot: Slot) -> TextEditor {
    get { editors[slot] ?? TextEditor() }
    set { editors[slot] = newValue }
  }

  /// The text that has the keys; nil in the settings.
  var editor: TextEditor? {
    get {
      switch focus {
      case .slot(let slot): self[slot]
      case .free: freeText
      case .settings: nil
      }
    }
    set {
      guard let newValue else { return }
      switch focus {
      case .slot(let slot): self[slot] = newValue
      case .free: freeText = newValue
      case .settings: break
      }
    }
  }

  /// In the order of Tab.
  var fields: [Focus] {
    (isFree ? [.free, .slot(.negative)] : Slot.allCases.map { .slot($0) }) + [.settings]
  }

  var slots: PromptSlots {
    var slots = PromptSlots()
    for slot in Slot.allCases { slots[slot] = self[slot].text }
    return slots
  }

  /// The prompt as the model will read it.
  func prompt(_ language: PromptLanguage) -> String {
    if isFree { return freeText.text }
    let slots = slots
    return PromptComposer.compose(slots, PromptLanguage.detect(slots) ?? language)
  }

  /// The language in which a slot goes on: its own, or that of the others while it is empty.
  func language(of slot: Slot) -> PromptLanguage? {
    PromptLanguage.detect(self[slot].text) ?? PromptLanguage.detect(slots)
  }

  var isBlank: Bool { isFree ? freeText.text.allSatisfy(\.isWhitespace) : slots.isBlank }

  /// Each changed field gets an undo step.
  mutating func load(_ slots: PromptSlots, _ killed: inout KillBuffer) {
    for slot in Slot.allCases where self[slot].text != slots[slot] {
      self[slot].apply(.replaceAll(slots[slot]), &killed)
    }
  }

  mutating func load(free text: String, _ killed: inout KillBuffer) {
    isFree = true
    freeText.apply(.replaceAll(text), &killed)
    if case .slot(let slot) = focus, slot != .negative { focus = .free }
  }
}
