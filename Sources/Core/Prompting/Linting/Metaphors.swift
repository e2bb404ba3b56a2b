/// A camera films things, not ideas. Each idea comes with something that shows it.
enum Metaphors {
  static func check(_ draft: Draft) -> [Hint] {
    ideas.flatMap { idea in draft.places(of: idea.words).prefix(1).map { hint(idea, $0, draft) } } + remarks(draft)
  }

  private static func hint(_ idea: Idea, _ place: Place, _ draft: Draft) -> Hint {
    let picture = idea.picture[place.words.contains(where: \.isHan) ? .zh : .en]
    let text = draft.slots[place.slot].replacing(place.range, with: picture)
    let fix = Fix(Bilingual("say “\(picture)”", "改为“\(picture)”"), .slots(draft.with(place.slot, text)))
    let message = Bilingual(
      "“\(place.words)” cannot be filmed: say what shows it", "“\(place.words)”拍不出来：写出看得见的东西")
    return Hint(.metaphor, .advice, [place.slot], message, words: place.words, range: place.range, fixes: [fix])
  }

  /// "symbolising hope": the whole clause is about meaning.
  private static func remarks(_ draft: Draft) -> [Hint] {
    draft.places(of: meaning).prefix(1).map { place in
      let text = draft.slots[place.slot].removing(draft.clause(of: place).range)
      let fix = Fix(Bilingual("leave it out", "删去这一句"), .slots(draft.with(place.slot, text)))
      let message = Bilingual(
        "“\(place.words)” explains: a clip can only show", "“\(place.words)”在解释含义：画面只能呈现")
      return Hint(
        .metaphor, .advice, [place.slot], message, words: place.words, range: place.range,
        fixes: text.isEmpty ? [] : [fix])
    }
  }

  private static let meaning = Phrases([
    "symbolizing", "symbolising", "symbolizes", "symbolises", "representing", "represents", "embodying", "embodies",
    "signifying", "conveying", "conveys", "as a metaphor", "metaphor for", "the meaning of", "reminding us",
    "a reminder of",
    "象征着", "象征了", "寓意着", "寓意", "隐喻", "代表着", "诠释", "传达出", "体现了", "仿佛在诉说", "诉说着",
  ])
}
