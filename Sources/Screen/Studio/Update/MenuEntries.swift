import Catalog
import Prompting
import Rendering
import Terminal

/// A line of the palette.
struct PaletteEntry {
  var binding: KeyBinding
  var disabled: Bilingual?
}

struct WordEntry {
  var word: String
  var list: String
}

extension StudioState {
  /// For this screen first, then what counts everywhere, then the rest.
  func helpEntries(_ menu: Menu) -> [KeyBinding] {
    let here = helpContexts
    let rest = KeyContext.allCases.filter { !here.contains($0) }
    let ordered = (here + rest).flatMap { context in KeyTable.all.filter { $0.context == context } }
    return ordered.filter { matches(menu, [$0.title.en, $0.title.zh, $0.keyName, $0.context.title[options.language]]) }
  }

  /// Those of the screen below the layers.
  var helpContexts: [KeyContext] {
    var below = self
    below.layers = []
    return below.contexts
  }

  /// Every action by name, once.
  func paletteEntries(_ menu: Menu) -> [PaletteEntry] {
    let here = helpContexts
    // What counts everywhere comes first: keys of a text field are known to fingers, not sought by name.
    var seen: Set<Action> = [.close, .palette, .up, .down, .pageUp, .pageDown, .first, .last, .choose]
    let order = here.reversed() + KeyContext.allCases.filter { !here.contains($0) }
    let all = order.flatMap { context in KeyTable.all.filter { $0.context == context } }
    let entries: [PaletteEntry] = all.compactMap { binding in
      guard seen.insert(binding.action).inserted,
        matches(menu, [binding.title.en, binding.title.zh, binding.keyName, binding.action.otherWords])
      else { return nil }
      return PaletteEntry(binding: binding, disabled: whyDisabled(binding.action) ?? elsewhere(binding, here))
    }
    // What begins with the words typed is meant more often than what has them inside.
    let typed = menu.filter.text.lowercased()
    func begins(_ entry: PaletteEntry) -> Bool {
      entry.binding.title.en.lowercased().hasPrefix(typed) || entry.binding.title.zh.hasPrefix(typed)
    }
    return entries.filter(begins) + entries.filter { !begins($0) }
  }

  private func elsewhere(_ binding: KeyBinding, _ here: [KeyContext]) -> Bilingual? {
    guard !here.contains(binding.context) else { return nil }
    return Bilingual("only in \(binding.context.title.en)", "仅限：\(binding.context.title.zh)")
  }

  /// The words that suit the active model.
  var vocabulary: Vocabulary { catalog.vocabulary.limited(to: settings.recipe.model) }

  func wordEntries(_ menu: Menu) -> [WordEntry] {
    guard case .slot(let slot) = compose.focus else { return [] }
    let language = compose.language(of: slot) ?? options.language
    return vocabulary.lists(for: slot).flatMap { list in
      list.words.map { WordEntry(word: $0[language], list: list.title[options.language]) }
    }.filter { !$0.word.isEmpty && matches(menu, [$0.word, $0.list]) }
  }

  /// Those for the active model first.
  func templateEntries(_ menu: Menu) -> [Template] {
    let own = catalog.templates.filter { $0.model == settings.recipe.model }
    let general = catalog.templates.filter { $0.model == nil }
    return (own + general).filter { matches(menu, [$0.title.en, $0.title.zh]) }
  }

  /// Every word of the filter is somewhere in the texts.
  private func matches(_ menu: Menu, _ texts: [String]) -> Bool {
    let text = texts.joined(separator: " ").lowercased()
    return menu.filter.text.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
  }
}
