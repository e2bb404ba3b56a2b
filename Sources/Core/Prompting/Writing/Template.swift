/// A prompt to start from, written in one or both languages.
public struct Template: Identifiable, Hashable, Sendable {
  public var id: String
  public var title: Bilingual
  /// The model whose world it stays in ("wan-nano"); nil for the large models.
  public var model: String?
  private var texts: [PromptLanguage: PromptSlots]

  public init(id: String, title: Bilingual, model: String? = nil, texts: [PromptLanguage: PromptSlots]) {
    self.id = id
    self.title = title
    self.model = model
    self.texts = texts
  }

  /// In the language asked for, or in the only one there is.
  public func slots(_ language: PromptLanguage) -> PromptSlots {
    texts[language] ?? texts.values.first ?? PromptSlots()
  }

  public func isWritten(in language: PromptLanguage) -> Bool { texts[language] != nil }
}
