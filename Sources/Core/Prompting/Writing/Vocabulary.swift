/// Words a person can put into a slot: lists for the menu and the ghost text.
///
///     let moves = vocabulary.lists(for: .camera)
///     moves.first?.words.first?[.zh]   // "固定镜头"
public struct Vocabulary: Hashable, Sendable {
  public var lists: [WordList]

  public init(lists: [WordList] = []) { self.lists = lists }

  public func lists(for slot: Slot) -> [WordList] { lists.filter { $0.slot == slot } }

  /// Every phrase for the slot in one language, in the order of the lists, none twice.
  public func phrases(for slot: Slot, _ language: PromptLanguage) -> [String] {
    var seen: Set<String> = []
    return lists(for: slot).flatMap(\.words).map { $0[language] }.filter { !$0.isEmpty && seen.insert($0).inserted }
  }
}

/// A titled list of phrases for one slot: "camera moves", "light".
public struct WordList: Identifiable, Hashable, Sendable {
  public var id: String
  public var slot: Slot
  public var title: Bilingual
  /// A phrase that exists in one language only is "" in the other.
  public var words: [Bilingual]

  public init(id: String, slot: Slot, title: Bilingual, words: [Bilingual]) {
    self.id = id
    self.slot = slot
    self.title = title
    self.words = words
  }
}
