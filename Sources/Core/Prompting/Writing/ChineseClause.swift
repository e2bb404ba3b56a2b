/// "红色的球在房间里弹跳": subject before 在, place up to its localiser, action after it.
enum ChineseClause {
  static func parts(of clause: String) -> [(Slot, String)] {
    let characters = Array(clause)
    guard let start = placeStart(characters) else { return withoutPlace(clause) }
    let end = placeEnd(characters, from: start)
    let parts = [
      (Slot.subject, clause.characters(0..<start)), (.scene, clause.characters(start..<end)),
      (.action, clause.characters(end..<characters.count)),
    ]
    return parts.map { ($0.0, PromptComposer.tidy($0.1)) }.filter { !$0.1.isEmpty }
  }

  /// The 在 that opens the place. 正在 is "is …ing"; 站在竹筏上的渔夫 is a fisherman.
  private static func placeStart(_ characters: [Character]) -> Int? {
    let all = characters.indices.filter { characters[$0] == "在" && !($0 > 0 && characters[$0 - 1] == "正") }
    return all.first { !describes(characters, from: $0) } ?? all.first
  }

  private static func describes(_ characters: [Character], from start: Int) -> Bool {
    let end = characters.indices.first { $0 > start + 1 && isLocaliser(characters, $0) }
    return end.map { $0 + 1 < characters.count && characters[$0 + 1] == "的" && start > 0 } ?? false
  }

  /// After the last localiser before the verb: "在黎明的河边公园里奔跑", "在草地上上下弹跳".
  private static func placeEnd(_ characters: [Character], from start: Int) -> Int {
    let rest = String(characters[start...])
    let verb = verbStart(rest).map { start + $0 } ?? characters.count
    let found = (start + 1..<max(start + 1, verb)).filter { isLocaliser(characters, $0) }
    guard var last = found.last else {
      return times.ranges(in: rest).first.map { start + $0.upperBound } ?? verb
    }
    while found.contains(last - 1), last - 1 > start + 1 { last -= 1 }
    return last + 1
  }

  /// "里" in "房间里", not "间" in "房间" and not "上" in "路上的人".
  private static func isLocaliser(_ characters: [Character], _ index: Int) -> Bool {
    guard localisers.contains(characters[index]), index > 0 else { return false }
    switch characters[index] {
    case "间": return "之中山林云乡丘".contains(characters[index - 1])
    case "头": return "街村桥".contains(characters[index - 1])
    default: return true
    }
  }

  private static let times = Phrases(["夜晚", "傍晚", "黄昏", "清晨", "日落时", "日出时", "白天", "冬天", "夏天"])

  private static func withoutPlace(_ clause: String) -> [(Slot, String)] {
    guard let start = verbStart(clause) else { return [(.subject, clause)] }
    let parts = [(Slot.subject, clause.characters(0..<start)), (.action, clause.characters(start..<clause.count))]
    return parts.map { ($0.0, PromptComposer.tidy($0.1)) }.filter { !$0.1.isEmpty }
  }

  /// Where the action begins: its adverb or direction, or its verb. A verb before 的 describes: "飞翔的鸟".
  private static func verbStart(_ text: String) -> Int? {
    if let along = along.ranges(in: text).first { return along.lowerBound }
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
  private static let along = Phrases(["沿着", "顺着", "随风", "顺流", "朝着"])
  private static let lead = Phrases([
    "慢慢", "缓缓", "轻轻", "快速", "飞快", "不停", "正在", "向左", "向右", "向上", "向下", "向前", "往", "从", "静止",
  ])
}
