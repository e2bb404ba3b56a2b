/// "红色的球在房间里弹跳": subject before 在, place up to its localiser, action after it.
enum ChineseClause {
  static func parts(of clause: String) -> [(Slot, String)] {
    let characters = Array(clause)
    guard let start = characters.firstIndex(of: "在"), !isProgressive(characters, start) else {
      return withoutPlace(clause)
    }
    let end = placeEnd(characters, from: start)
    let parts = [
      (Slot.subject, clause.characters(0..<start)), (.scene, clause.characters(start..<end)),
      (.action, clause.characters(end..<characters.count)),
    ]
    return parts.map { ($0.0, PromptComposer.tidy($0.1)) }.filter { !$0.1.isEmpty }
  }

  /// 正在 is "is …ing".
  private static func isProgressive(_ characters: [Character], _ index: Int) -> Bool {
    index > 0 && characters[index - 1] == "正"
  }

  /// After the first localiser that is not followed by 的 or by another one ("在房间中间").
  private static func placeEnd(_ characters: [Character], from start: Int) -> Int {
    let ends = (start + 2..<max(start + 2, characters.count + 1)).filter { end in
      localisers.contains(characters[end - 1])
        && (end == characters.count || characters[end] != "的" && !localisers.contains(characters[end]))
    }
    let times = Phrases(["夜晚", "傍晚", "黄昏", "清晨", "日落时", "日出时", "白天", "冬天", "夏天"])
    let rest = String(characters[start...])
    let time = times.ranges(in: rest).first.map { start + $0.upperBound }
    return ends.first ?? time ?? verbStart(rest).map { start + $0 } ?? characters.count
  }

  private static func withoutPlace(_ clause: String) -> [(Slot, String)] {
    guard let start = verbStart(clause) else { return [(.subject, clause)] }
    let parts = [(Slot.subject, clause.characters(0..<start)), (.action, clause.characters(start..<clause.count))]
    return parts.map { ($0.0, PromptComposer.tidy($0.1)) }.filter { !$0.1.isEmpty }
  }

  /// Where the action begins: its adverb or direction, or its verb. A verb before 的 describes: "飞翔的鸟".
  private static func verbStart(_ text: String) -> Int? {
    let characters = Array(text)
    let of = characters.lastIndex(of: "的").map { $0 + 1 } ?? 0
    let rest = String(characters[of...])
    let leads = lead.ranges(in: rest).first?.lowerBound
    let verb = Motion.chineseRange(in: rest)?.lowerBound
    return [leads, verb].compactMap { $0 }.min().map { of + $0 }
  }

  private static let localisers: Set<Character> = [
    "中", "里", "上", "下", "内", "外", "旁", "边", "前", "后", "间", "顶", "头", "底",
  ]
  private static let lead = Phrases([
    "慢慢", "缓缓", "轻轻", "快速", "飞快", "不停", "正在", "向左", "向右", "向上", "向下", "向前", "往", "从", "静止",
  ])
}
