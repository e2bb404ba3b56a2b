/// A scene as a place in a Chinese sentence: "房间" → "在房间中", "雪地" → "在雪地上", "夜晚" → "在夜晚".
enum ChinesePlace {
  static func phrase(_ scene: String) -> String {
    guard !scene.isEmpty else { return "" }
    if prepositions.contains(where: scene.hasPrefix) { return scene }
    let (place, remark) = parts(scene)
    return "在\(place)\(localiser(after: place))\(remark)"
  }

  /// The place and the remark after its comma.
  private static func parts(_ scene: String) -> (place: String, remark: String) {
    guard let comma = scene.firstIndex(where: { "，,；;".contains($0) }) else { return (scene, "") }
    return (String(scene[..<comma]), "，" + scene[scene.index(after: comma)...].drop { $0 == " " })
  }

  private static func localiser(after place: String) -> String {
    guard let last = place.last else { return "" }
    if located.contains(last) || (locatedWords + times).contains(where: place.hasSuffix) { return "" }
    return surfaces.contains(where: place.hasSuffix) ? "上" : "中"
  }

  private static let prepositions = ["在", "于", "位于", "身处", "置身", "从", "沿", "穿过", "面对", "透过", "靠近"]
  /// Last characters that already say where: "雪地里", "桥下", "海边", "街头".
  private static let located: Set<Character> = [
    "中", "里", "上", "下", "内", "外", "旁", "边", "前", "后", "顶", "底", "畔", "侧", "端", "处", "岸", "角",
  ]
  /// "房间" and "石头" say no more than "room" and "stone".
  private static let locatedWords = ["之间", "中间", "山间", "林间", "云间", "乡间", "丘间", "街头", "村头", "桥头", "山头"]
  private static let times = [
    "夜晚", "夜", "晚", "晨", "早上", "傍晚", "黄昏", "黎明", "拂晓", "正午", "中午", "午后", "时", "时分", "时刻", "白天", "天", "日",
    "春", "夏", "秋", "冬", "季", "期间",
  ]
  private static let surfaces = [
    "草地", "雪地", "沙地", "绿地", "草坪", "草原", "沙滩", "海滩", "海面", "水面", "湖面", "冰面", "地面", "桌面", "路面", "舞台", "阳台",
    "平台", "站台", "桥", "屋檐", "山坡", "街道", "马路", "公路", "大街", "小路", "道路", "广场", "甲板", "岛", "码头", "月球", "火星",
  ]
}
