/// What a whole clause is about, when a word in it says so.
enum ClauseKind {
  static func slot(of clause: String) -> Slot? {
    if camera.isFound(in: clause) { return .camera }
    if style.isFound(in: clause) { return .style }
    return nil
  }

  /// "the camera moves closer" moves nothing in the picture.
  static func isCameraSentence(_ clause: String) -> Bool {
    let words = TextWord.words(of: clause).map(\.text)
    return clause.hasPrefix("镜头") || words.first == "camera" || Array(words.prefix(2)) == ["the", "camera"]
  }

  /// "close-up of a fox running" → camera "close-up", and the fox.
  static func remark(before clause: String) -> (kind: Slot, remark: String, rest: String)? {
    guard let of = Phrases(["of"]).ranges(in: clause).first else { return nil }
    let remark = PromptComposer.tidy(clause.characters(0..<of.lowerBound))
    guard let kind = slot(of: remark) else { return nil }
    return (kind, remark, PromptComposer.tidy(clause.characters(of.upperBound..<clause.count)))
  }

  /// Nothing moves in it: "long shadows", "长长的影子".
  static func isAboutLooks(_ clause: String, _ language: PromptLanguage) -> Bool {
    if Motion.isFound(in: clause) { return false }
    return language == .en || clause.contains("的") || clause.contains("光")
  }

  private static let camera = Phrases([
    "camera", "full shot", "side view", "slow orbit", "orbit", "pan following", "static shot", "fixed shot",
    "wide shot", "medium shot", "long shot", "tracking shot", "aerial shot",
    "drone shot", "crane shot", "close-up", "closeup", "extreme close-up", "macro shot", "establishing shot",
    "over-the-shoulder",
    "point of view", "first-person view", "zoom in", "zoom out", "zooming in", "zooming out", "slow zoom", "pan left",
    "pan right", "slow pan", "panning", "dolly in", "dolly out", "dolly zoom", "push in", "pull back", "handheld",
    "locked-off shot", "low angle", "high angle", "low-angle", "high-angle", "bird's-eye view", "top-down view",
    "shot on",
    "lens", "shallow depth of field", "deep focus", "rack focus", "bokeh", "tilt up", "tilt down", "orbit shot",
    "镜头", "视角", "上摇", "下摇", "低角度", "高角度", "缓慢环绕", "跟随", "特写", "远景", "近景", "全景", "中景", "大远景", "俯拍", "仰拍", "航拍", "跟拍",
    "手持", "推近", "拉远", "平移", "摇摄", "环绕拍摄",
    "固定机位", "浅景深", "广角", "长焦", "微距", "第一人称视角", "俯视", "仰视", "鸟瞰", "慢推", "变焦",
  ])

  private static let style = Phrases([
    "style", "light", "glow", "glowing", "shadows", "tones", "palette", "colours", "colors", "cinematic", "pixel art",
    "watercolour", "watercolor", "oil painting", "pencil sketch", "sketch style",
    "pastel",
    "pastel colours", "pastel colors", "glowing style", "flat design", "flat style", "anime", "cartoon",
    "photorealistic",
    "claymation", "stop motion", "stop-motion", "film noir", "noir", "black and white", "3d render", "3d animation",
    "documentary", "vintage", "retro", "cyberpunk", "steampunk", "minimalist", "low poly", "soft light",
    "natural light",
    "golden hour", "rim light", "backlit", "backlight", "volumetric light", "neon light", "neon lights", "film grain",
    "warm tones", "cool tones", "high contrast", "vivid colours", "vivid colors", "muted colours", "muted colors",
    "hyperrealistic", "surreal", "ink wash", "paper cut", "hand-drawn", "8-bit", "neon glow", "lighting",
    "风格", "延时摄影", "蓝调时刻", "黄金时刻", "产品广告", "黑色电影", "倒影", "铅笔画", "光线", "晨光", "微光", "荧光", "暖光", "侧面光", "像素画", "电影感", "质感",
    "像素", "水彩", "油画", "素描", "粉彩", "扁平", "动漫", "动画", "卡通", "写实", "黑白", "复古", "赛博朋克",
    "蒸汽朋克", "极简", "柔光", "自然光", "逆光", "侧光", "轮廓光", "体积光", "霓虹灯光", "暖色调", "冷色调", "高对比", "胶片", "水墨", "剪纸", "定格",
    "纪录片", "手绘", "色调", "光影", "发光风格", "色彩", "景深",
  ])
}
