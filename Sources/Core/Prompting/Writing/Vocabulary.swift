/// Words a person can put into a slot: lists for the menu and the ghost text.
///
///     let moves = vocabulary.lists(for: .camera)
///     moves.first?.words.first?[.zh]   // "固定镜头"
public struct Vocabulary: Hashable, Sendable {
  public var lists: [WordList]

  public init(lists: [WordList] = []) { self.lists = lists }

  public func lists(for slot: Slot) -> [WordList] { lists.filter { $0.slot == slot } }

  /// What suits a model: its own lists first, then those for any; not those of another model's small world.
  public func limited(to model: String) -> Vocabulary {
    Vocabulary(lists: lists.filter { $0.model == model } + lists.filter { $0.model == nil })
  }

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
  /// The model whose world the words belong to ("wan-nano"); nil for any.
  public var model: String?
  /// A phrase that exists in one language only is "" in the other.
  public var words: [Bilingual]

  public init(id: String, slot: Slot, title: Bilingual, model: String? = nil, words: [Bilingual]) {
    self.id = id
    self.slot = slot
    self.title = title
    self.model = model
    self.words = words
  }
}
