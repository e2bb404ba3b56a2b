/// Verbs that move something, and verbs that do not.
enum Motion {
  static let verbs = [
    "accelerate", "appear", "approach", "arrive", "ascend", "assemble", "bake", "balance", "beat", "bend", "blink",
    "bloom",
    "blossom", "blow", "bob", "boil", "bounce", "bow", "break", "breathe", "brush", "bubble", "build", "burn", "burst",
    "carry", "carve", "cast", "catch", "chase", "chew", "chop", "circle", "clap", "climb", "close", "collapse", "come",
    "cook",
    "crack", "crash", "crawl", "cross", "crumble", "curl", "cut", "cycle", "dance", "dart", "dash", "deflate",
    "descend",
    "dig", "dip", "disappear", "dissolve", "dive", "drag", "draw", "drift", "drink", "drip", "drive", "drop", "drum",
    "eat",
    "emerge", "enter", "erupt", "expand", "explode", "fade", "fall", "fight", "fill", "flap", "flash", "flicker",
    "flip",
    "float", "flow", "flutter", "fly", "fold", "gallop", "get", "glide", "glitter", "go", "grab", "graze", "grow",
    "hammer",
    "hit", "hop", "hover", "hug", "ignite", "inflate", "jog", "juggle", "jump", "kick", "knead", "knit", "land",
    "laugh",
    "lead", "leap", "leave", "lift", "light", "lower", "march", "melt", "merge", "mix", "morph", "move", "nod", "open",
    "orbit", "paddle", "paint", "pass", "pick", "play", "pop", "pounce", "pour", "press", "pull", "pulse", "push",
    "race",
    "rain", "raise", "reach", "revolve", "ride", "ripple", "rise", "roll", "rotate", "row", "run", "rush", "sail",
    "scatter",
    "scroll", "sew", "shake", "shatter", "shed", "shift", "shimmer", "shiver", "shoot", "shrink", "shuffle", "sing",
    "sink",
    "sip", "skate", "ski", "skip", "slice", "slide", "slip", "snow", "soar", "spark", "sparkle", "speak", "spin",
    "splash",
    "split", "spray", "spread", "sprint", "sprout", "squeeze", "stack", "step", "stir", "stretch", "stride", "stroll",
    "strum",
    "surf", "surge", "sway", "sweep", "swell", "swim", "swing", "swirl", "talk", "tap", "throw", "tilt", "topple",
    "toss",
    "travel", "tremble", "trot", "tumble", "turn", "twinkle", "twirl", "twist", "type", "unfold", "unfurl", "vanish",
    "vibrate", "wade", "wag", "wake", "walk", "wander", "wave", "weave", "whirl", "wink", "wobble", "work", "wrap",
    "write",
    "yawn", "zoom", "shape", "sketch", "stamp", "strike", "flare", "glow", "pirouette", "stumble", "lean", "bat",
    "water", "toss", "shudder", "hang", "trickle", "whip", "steam", "pulsate", "read", "feed", "chat", "charge", "wash",
    "clean", "polish", "comb", "smoke", "dig", "scurry", "scamper",
    "sneak",
    "creep", "hatch", "peel", "pluck", "plunge", "pace", "transform", "dissolve", "dwindle", "contract", "enlarge",
  ]

  static let chineseVerbs = [
    "上升", "下落", "下降", "下沉", "下滑", "落下", "扬起", "翻炒", "窜", "浇水", "扑打", "走", "跑", "跳", "飞", "飘", "游", "爬", "滚", "转", "旋",
    "摇", "摆", "晃", "升", "降", "落", "坠", "掉", "沉", "浮", "流", "涌",
    "喷", "洒", "溅", "滴", "倒入", "倒出", "吹", "拂", "起舞", "跳舞", "舞动", "舞剑", "挥", "招手", "鼓掌", "点头", "摇头", "眨眼", "奔", "驰",
    "驶", "骑", "划", "滑", "冲", "追", "逃", "扑", "打", "踢", "抛", "扔", "接住", "举", "推", "拉", "抱", "拥抱", "握", "翻", "折", "切", "搅",
    "煮", "炒", "烤", "吃", "喝", "咬", "嚼", "写", "画", "弹", "拉琴", "唱", "说", "笑", "哭", "打开", "关上", "绽放", "盛开", "发芽", "生长",
    "长大", "变大", "变小", "缩小", "膨胀", "收缩", "融化", "燃烧", "爆炸", "破裂", "闪烁", "闪动", "跳动", "移动", "移", "穿过", "穿梭", "经过",
    "进入", "离开", "靠近", "回头", "转身", "抬头", "低头", "弯腰", "伸", "颤", "抖", "散开", "展开", "合拢", "出现", "消失", "变成", "变换", "环绕",
    "盘旋", "绕", "巡游", "踱步", "攀", "跃", "蹦", "踏", "荡", "行驶", "前进", "后退", "起飞", "降临", "掠过", "翱翔", "呼吸", "工作", "织", "缝",
    "看书", "读书", "读报", "喂", "钓鱼", "下棋", "聊天", "站起", "坐下", "躺下", "起身", "拍打", "拍岸", "敲", "雕", "捏", "揉", "刷", "扫", "撑",
    "划船", "动",
  ]

  /// Standing verbs: a clip with nothing else in it may not move.
  static let standing = [
    "stand", "stands", "standing", "sit", "sits", "sitting", "lie", "lies", "lying", "rest", "rests",
    "resting",
    "pose", "poses", "posing", "wait", "waits", "waiting", "stare", "stares", "staring", "gaze", "gazes", "gazing",
    "sleep",
    "sleeps", "sleeping", "wear", "wears", "wearing", "exist", "exists", "look", "looks", "looking",
    "站着", "站立", "站在", "坐着", "坐在", "躺着", "躺在", "凝视", "注视", "睡觉", "沉睡", "睡着", "等待", "摆姿势", "望着", "看着", "穿着", "伫立",
  ]

  /// Standing verbs that move with a small word.
  static let rising = Phrases(
    ["stand", "stands", "sit", "sits", "lie", "lies", "look", "looks", "get", "gets"].flatMap { verb in
      ["up", "down", "around", "away", "back"].map { "\(verb) \($0)" }
    } + ["standing up", "sitting down", "lying down", "looking up", "looking around", "looking back"])

  /// The still picture is meant.
  static let intended = Phrases([
    "still", "motionless", "in place", "put", "frozen", "not move", "freezes", "hover", "hovers",
    "静止", "不动", "定格", "凝固", "悬停", "停着", "停留", "停在",
  ])

  /// Each form of each verb.
  static let forms = EnglishVerb.forms(of: verbs)
  static let standingPhrases = Phrases(standing)
  private static let chinese = Phrases(chineseVerbs)

  /// The first Chinese verb of motion, in characters.
  static func chineseRange(in text: String) -> Range<Int>? { chinese.ranges(in: text).first }

  static func isFound(in text: String) -> Bool { isFound(in: Reading(text)) }

  static func isFound(in reading: Reading) -> Bool {
    reading.words.contains { forms[$0.text] != nil } || chinese.isFound(in: reading)
  }
}
