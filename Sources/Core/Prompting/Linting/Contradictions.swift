/// Two things that cannot both be seen: a static shot that pans, day and night.
enum Contradictions {
  static func check(_ draft: Draft) -> [Hint] {
    guard !Slot.positive.contains(where: { change.isFound(in: draft.reading($0)) }) else { return [] }
    return Opposition.all.compactMap { opposition in
      guard let (first, second) = conflict(opposition, in: draft) else { return nil }
      return hint(opposition, first, second, in: draft)
    }
  }

  private static func conflict(_ opposition: Opposition, in draft: Draft) -> (Place, Place)? {
    let ones = draft.places(of: opposition.one, in: opposition.slots)
    let others = draft.places(of: opposition.other, in: opposition.slots)
    for one in ones {
      for other in others where contradict(one, other, opposition, in: draft) {
        return comesBefore(one, other) ? (one, other) : (other, one)
      }
    }
    return nil
  }

  private static func comesBefore(_ a: Place, _ b: Place) -> Bool {
    if a.slot == b.slot { return a.range.lowerBound < b.range.lowerBound }
    return Slot.positive.first { $0 == a.slot || $0 == b.slot } == a.slot
  }

  private static func contradict(_ a: Place, _ b: Place, _ opposition: Opposition, in draft: Draft) -> Bool {
    if isDenied(a, in: draft) || isDenied(b, in: draft) { return false }
    guard a.slot == b.slot else { return !opposition.withinClause }
    if a.range.overlaps(b.range) { return false }
    let between = draft.slots[a.slot].characters(
      min(a.range.upperBound, b.range.upperBound)..<max(a.range.lowerBound, b.range.lowerBound))
    if sequence.isFound(in: between) { return false }
    return !opposition.withinClause || !between.contains { Clause.marks.contains($0) }
  }

  /// "no pan", "without zoom", "不平移".
  private static func isDenied(_ place: Place, in draft: Draft) -> Bool {
    let before = draft.slots[place.slot].characters(0..<place.range.lowerBound)
    if let last = before.last, "不无没非".contains(last) { return true }
    return TextWord.words(of: before).last.map { denials.contains($0.text) } ?? false
  }

  private static let denials: Set<String> = ["no", "not", "without", "never"]
  /// One after the other is no contradiction.
  private static let sequence = Phrases([
    "then", "to", "into", "before", "until", "becoming", "after", "followed", "ending", "while", "as", "against",
    "versus",
    "然后", "再", "接着", "到", "转为", "转成", "变", "随后", "最后", "至", "后",
  ])
  /// The whole prompt is about a change.
  private static let change = Phrases([
    "time-lapse", "timelapse", "hyperlapse", "turns into", "becomes", "transition", "transitions", "morphs",
    "延时", "变成", "转为", "过渡", "昼夜交替", "渐变", "色调对比", "冷暖对比", "形成对比",
  ])
}

extension Contradictions {
  private static func hint(_ opposition: Opposition, _ first: Place, _ second: Place, in draft: Draft) -> Hint {
    let message = Bilingual(
      "“\(first.words)” and “\(second.words)” contradict each other", "“\(first.words)”与“\(second.words)”互相矛盾")
    let fixes = [keep(first, not: second, opposition, draft), keep(second, not: first, opposition, draft)]
    let slots = first.slot == second.slot ? [second.slot] : [second.slot, first.slot]
    return Hint(
      .contradiction, .warning, slots, message, words: "\(first.words) \(second.words)", range: second.range,
      fixes: fixes.compactMap { $0 })
  }

  private static func keep(_ kept: Place, not dropped: Place, _ opposition: Opposition, _ draft: Draft) -> Fix? {
    let text = draft.slots[dropped.slot]
    let clause = draft.clause(of: dropped)
    let shares = kept.slot == dropped.slot && clause.range.overlaps(kept.range)
    let rest: String
    if opposition.dropsClause {
      rest = shares ? text.replacing(clause.range, with: part(of: clause, kept, dropped)) : text.removing(clause.range)
    } else {
      rest = text.removing(withJoint(dropped.range, in: clause)).withArticles()
    }
    guard !rest.isEmpty || dropped.slot == .style || dropped.slot == .camera else { return nil }
    return Fix(
      Bilingual("keep “\(kept.words)”", "保留“\(kept.words)”"), .slots(draft.with(dropped.slot, rest)))
  }

  /// The half of the clause in which the kept words stand: "static shot and slow pan left" → "slow pan left".
  private static func part(of clause: Clause, _ kept: Place, _ dropped: Place) -> String {
    let offset = clause.range.lowerBound
    let isFirst = kept.range.lowerBound < dropped.range.lowerBound
    let (early, late) = isFirst ? (kept, dropped) : (dropped, kept)
    let gap = early.range.upperBound - offset..<late.range.lowerBound - offset
    let joint = joints.ranges(in: clause.text.characters(gap)).last
      .map { gap.lowerBound + $0.lowerBound..<gap.lowerBound + $0.upperBound }
    let cut = joint ?? gap.upperBound..<gap.upperBound
    let half = isFirst ? 0..<cut.lowerBound : cut.upperBound..<clause.text.count
    return PromptComposer.tidy(clause.text.characters(half))
  }

  /// With the "but" that joined the words to the rest: "a busy but abandoned street" → "a busy street".
  private static func withJoint(_ range: Range<Int>, in clause: Clause) -> Range<Int> {
    let offset = clause.range.lowerBound
    let found = joints.ranges(in: clause.text).map { $0.lowerBound + offset..<$0.upperBound + offset }
    let gap = { (from: Int, to: Int) in clause.text.characters(from - offset..<to - offset).allSatisfy(\.isWhitespace) }
    if let before = found.last(where: { $0.upperBound <= range.lowerBound && gap($0.upperBound, range.lowerBound) }) {
      return before.lowerBound..<range.upperBound
    }
    if let after = found.first(where: { $0.lowerBound >= range.upperBound && gap(range.upperBound, $0.lowerBound) }) {
      return range.lowerBound..<after.upperBound
    }
    return range
  }

  private static let joints = Phrases([
    "and", "but", "yet", "with", "or", "plus", "和", "与", "并", "且", "同时", "加", "但", "却",
  ])
}

extension String {
  /// "a abandoned street" → "an abandoned street", where words have been taken out.
  fileprivate func withArticles() -> String {
    var text = self
    for (article, next) in zip(TextWord.words(of: self), TextWord.words(of: self).dropFirst()).reversed() {
      guard article.text == "a" || article.text == "an", let first = next.text.first else { continue }
      if article.text == "a", "aeio".contains(first), !next.text.hasPrefix("one") {
        text = text.replacing(article.range, with: "an")
      }
      if article.text == "an", next.text.count > 3, "bcdfgjklmnpqrstvwxyz".contains(first) {
        text = text.replacing(article.range, with: "a")
      }
    }
    return text
  }
}
