/// Common words of prompts in both languages: enough to untangle a clause, not to translate one.
enum WordPairs {
  static func translation(of text: String, isChinese: Bool) -> String? {
    if isChinese { return toEnglish[text] }
    let words = TextWord.words(of: text).map(\.text)
    if let whole = toChinese[words.joined(separator: " ")] { return whole }
    let each = words.filter { !["a", "an", "the"].contains($0) }.map { toChinese[$0] }
    guard !each.isEmpty, each.allSatisfy({ $0 != nil }) else { return nil }
    return each.compactMap { $0 }.joined()
  }

  private static let toChinese = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  private static let toEnglish = Dictionary(pairs.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

  private static let pairs: [(String, String)] = [
    ("red", "红色的"), ("orange", "橙色的"), ("yellow", "黄色的"), ("green", "绿色的"), ("blue", "蓝色的"), ("purple", "紫色的"),
    ("pink", "粉色的"), ("white", "白色的"), ("black", "黑色的"), ("golden", "金色的"), ("small", "小"), ("big", "大"),
    ("ball", "球"), ("square", "方块"), ("star", "星星"), ("ring", "圆环"), ("triangle", "三角形"), ("heart", "爱心"),
    ("cat", "猫"), ("dog", "狗"), ("bird", "鸟"), ("fish", "鱼"), ("horse", "马"), ("man", "男人"), ("woman", "女人"),
    ("girl", "女孩"), ("boy", "男孩"), ("robot", "机器人"), ("car", "汽车"), ("train", "火车"), ("boat", "小船"), ("tree", "树"),
    ("flower", "花"), ("house", "房子"), ("room", "房间"), ("street", "街道"), ("city", "城市"), ("forest", "森林"),
    ("sea", "大海"), ("ocean", "海洋"), ("beach", "海滩"), ("mountain", "山"), ("sky", "天空"), ("night", "夜晚"), ("snow", "雪"),
    ("rain", "雨"), ("sunset", "日落"), ("sunrise", "日出"), ("kitchen", "厨房"), ("garden", "花园"), ("park", "公园"),
    ("running", "奔跑"), ("walking", "行走"), ("jumping", "跳跃"), ("flying", "飞翔"), ("dancing", "跳舞"), ("spinning", "旋转"),
    ("bounces", "弹跳"), ("bouncing", "弹跳"), ("cinematic", "电影感"), ("watercolor", "水彩"), ("watercolour", "水彩"),
    ("pixel art", "像素画"), ("sketch", "素描"), ("neon", "霓虹"), ("soft light", "柔光"), ("close-up", "特写"),
    ("zoom in", "镜头推近"), ("zoom out", "镜头拉远"), ("static shot", "固定镜头"), ("slow motion", "慢动作"), ("camera", "镜头"),
  ]
}
