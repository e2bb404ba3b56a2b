/// Two groups of words of which a prompt should have one.
struct Opposition: Sendable {
  var slots: [Slot]
  var one: Phrases
  var other: Phrases
  /// Only when both describe the same thing: one clause of one slot.
  var withinClause = false
  /// A fix drops the clause with the words ("slow pan to the left"), not the words alone ("at night").
  var dropsClause = false

  private init(
    _ slots: [Slot], _ one: [String], _ other: [String], withinClause: Bool = false, dropsClause: Bool = false
  ) {
    self.slots = slots
    self.one = Phrases(one)
    self.other = Phrases(other)
    self.withinClause = withinClause
    self.dropsClause = dropsClause
  }

  static let all: [Opposition] = camera + time + look + pace

  private static let camera: [Opposition] = [
    Opposition([.camera], still, moving, dropsClause: true),
    Opposition(
      [.camera], ["zoom in", "zooms in", "zooming in", "push in", "pushes in", "dolly in", "推近", "推进", "推镜头"],
      ["zoom out", "zooms out", "zooming out", "pull back", "pulls back", "pull out", "dolly out", "拉远", "拉镜头"],
      dropsClause: true),
    Opposition(
      [.camera], ["pan left", "pans left", "panning left", "pans to the left", "pan to the left", "向左平移", "左移", "向左摇"],
      ["pan right", "pans right", "panning right", "pans to the right", "pan to the right", "向右平移", "右移", "向右摇"],
      dropsClause: true),
    Opposition([.camera], ["tilt up", "tilts up", "上摇"], ["tilt down", "tilts down", "下摇"], dropsClause: true),
    Opposition(
      [.camera], ["close-up", "closeup", "close up", "macro shot", "macro", "特写", "微距"],
      ["wide shot", "long shot", "extreme wide shot", "establishing shot", "远景", "大远景", "全景"], dropsClause: true),
    Opposition(
      [.camera], ["low angle", "low-angle", "worm's-eye view", "仰拍", "仰视"],
      ["high angle", "high-angle", "bird's-eye view", "top-down", "overhead shot", "俯拍", "俯视", "鸟瞰"], dropsClause: true),
  ]

  private static let still = [
    "static shot", "static camera", "fixed camera", "fixed shot", "still camera", "locked-off shot",
    "locked-off camera",
    "locked camera", "stationary camera", "camera does not move", "camera stays still", "固定镜头", "静止镜头", "镜头不动",
    "镜头固定", "静态镜头", "定镜头", "固定机位",
  ]
  private static let moving = [
    "pan", "pans", "panning", "zoom", "zooms", "zooming", "dolly", "dollies", "tracking shot", "tracking", "orbit",
    "orbits",
    "orbiting", "crane shot", "handheld", "push in", "pushes in", "pull back", "pulls back", "tilt", "tilts",
    "camera follows",
    "follow shot", "fly-through", "drone shot", "平移", "推近", "推进", "拉远", "拉近", "推镜头", "拉镜头", "摇镜头", "跟拍", "跟随",
    "环绕", "手持", "移镜头", "航拍", "升降",
  ]

  private static let time: [Opposition] = [
    Opposition(
      [.scene, .style],
      [
        "in daytime", "in the daytime", "daytime", "during the day", "at noon", "at midday", "midday", "noon", "sunny",
        "sunlit",
        "in broad daylight", "broad daylight", "bright sunlight", "bright sunshine", "midday sun", "白天", "正午", "中午",
        "阳光明媚",
        "烈日", "艳阳", "晴天",
      ],
      [
        "at night", "night", "nighttime", "at midnight", "midnight", "starry sky", "under the stars", "moonlit",
        "moonlight",
        "夜晚", "深夜", "午夜", "夜空", "夜里", "星空", "月光", "夜色",
      ]),
    Opposition(
      [.scene, .style], ["at sunrise", "sunrise", "at dawn", "dawn", "日出", "黎明", "清晨"],
      ["at sunset", "sunset", "at dusk", "dusk", "日落", "黄昏", "夕阳", "傍晚"]),
    Opposition(
      [.scene, .style], ["in summer", "in the summer", "midsummer", "summer day", "summer evening", "盛夏", "夏天", "夏日"],
      ["in winter", "in the winter", "midwinter", "winter day", "winter evening", "寒冬", "冬天", "冬日"]),
    Opposition([.scene], ["indoors", "室内"], ["outdoors", "室外", "户外"]),
    Opposition(
      [.scene], ["empty street", "deserted", "abandoned", "空荡", "空无一人", "荒无人烟"],
      ["crowded", "bustling", "busy", "packed", "拥挤", "人山人海", "熙熙攘攘", "热闹"]),
  ]

  private static let look: [Opposition] = [
    Opposition(
      [.style], ["black and white", "black-and-white", "monochrome", "黑白", "单色"],
      [
        "vivid colours", "vivid colors", "vibrant colours", "vibrant colors", "colourful", "colorful",
        "saturated colours",
        "saturated colors", "rainbow colours", "rainbow colors", "色彩鲜艳", "五彩", "高饱和", "彩色",
      ]),
    Opposition(
      [.style], ["photorealistic", "photo-realistic", "hyperrealistic", "live action", "写实摄影", "照片级", "实拍"],
      [
        "cartoon", "anime", "pixel art", "pencil sketch", "watercolour", "watercolor", "oil painting", "claymation",
        "卡通",
        "动漫", "像素", "素描", "水彩", "油画", "水墨", "粘土动画",
      ]),
    Opposition(
      [.style], ["flat design", "flat style", "flat vector style", "扁平风格", "扁平插画"],
      ["3d render", "3d animation", "三维渲染", "3d渲染"]),
    Opposition(
      [.style], ["minimalist", "minimalistic", "极简"], ["cluttered", "ornate", "highly detailed background", "繁复", "杂乱"]),
    Opposition(
      [.style], ["warm tones", "warm colours", "warm colors", "warm palette", "暖色调"],
      ["cold tones", "cool tones", "cold colours", "cool colours", "cold colors", "cool colors", "cool palette", "冷色调"]),
  ]

  private static let pace: [Opposition] = [
    Opposition(
      [.action], ["slowly", "gently", "leisurely", "慢慢", "缓缓", "缓慢"],
      ["quickly", "rapidly", "fast", "at full speed", "at high speed", "飞快", "快速", "迅速", "急速"], withinClause: true),
    Opposition(
      [.action, .style, .camera], ["slow motion", "slow-motion", "slow-mo", "慢动作", "慢镜头"],
      ["fast motion", "fast-motion", "fast forward", "sped up", "快动作", "快进", "快镜头"], dropsClause: true),
  ]
}
