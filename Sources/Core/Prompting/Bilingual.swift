/// One text in both languages of the interface.
public struct Bilingual: Codable, Hashable, Sendable {
  public var en: String
  public var zh: String

  public init(_ en: String, _ zh: String) {
    self.en = en
    self.zh = zh
  }

  public subscript(language: PromptLanguage) -> String {
    switch language {
    case .en: en
    case .zh: zh
    }
  }
}
