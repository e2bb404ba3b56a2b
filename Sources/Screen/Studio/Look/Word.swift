import Prompting

/// The fixed texts of the screens that are not the title of a key: both languages side by side.
struct Word {
  let text: Bilingual
  private init(_ en: String, _ zh: String) { text = Bilingual(en, zh) }

  // Header
  static let compose = Word("Compose", "创作")
  static let history = Word("History", "历史")
  static let queue = Word("Queue", "队列")
  static let models = Word("Models", "模型")
  static let idle = Word("idle", "空闲")
  static let rendering = Word("rendering", "渲染中")
  static let noModel = Word("no model", "无模型")

  // Compose
  static let freeText = Word("Text", "文本")
  static let readsAs = Word("reads as", "模型读作")
  static let asItStands = Word("the text as it stands", "与原文相同")
  static let keysLater = Word("keys for this come once the hints above are settled", "先处理上面的提示，再给出按键")
  static let tokens = Word("tokens", "词元")
  static let settings = Word("settings", "设置")
  static let plan = Word("plan", "预计")
  static let beingPlanned = Word("is being made", "正在估算")
  static let fits = Word("fits", "可运行")
  static let needs = Word("does not fit", "内存不足")
  static let free = Word("free", "可用")
  static let disk = Word("disk", "磁盘")
  static let hints = Word("hints", "条提示")
  static let hint = Word("hint", "条提示")
  static let random = Word("random", "随机")
  static let nothingToRead = Word("nothing yet: say what the clip shows", "还没有内容：请描述画面")
  static let words = Word("words", "词汇")
  static let templates = Word("templates", "模板")
  static let frames = Word("frames", "帧")

  // Render
  static let text = Word("text", "文本")
  static let high = Word("high", "高噪")
  static let low = Word("low", "低噪")
  static let vae = Word("vae", "vae")
  static let clip = Word("mp4", "mp4")
  static let memory = Word("memory", "内存")
  static let now = Word("now", "现在")
  static let peak = Word("peak", "峰值")
  static let engine = Word("engine", "引擎")
  static let shared = Word("shared", "共享")
  static let notAvailable = Word("N/A   no GPU source found", "N/A   未找到显卡")
  static let elapsed = Word("elapsed", "已用")
  static let left = Word("ETA", "剩余")
  static let perStep = Word("s/step", "秒/步")
  static let highExpert = Word("high-noise", "高噪专家")
  static let lowExpert = Word("low-noise", "低噪专家")
  static let fromCache = Word("from cache", "来自缓存")
  static let unguided = Word("unguided", "无引导")
  static func previewPaused(_ key: String) -> Word {
    Word("preview paused, \(key) goes on", "预览已暂停，按 \(key) 继续")
  }
  static let previewSoon = Word("the preview comes with the first step", "第一步之后显示预览")
  static let previewOff = Word("the preview is off (config.toml or --preview)", "预览已关闭（config.toml 或 --preview）")
  static let nothingRenders = Word("Nothing renders. Ctrl-R starts.", "没有渲染任务。按 Ctrl-R 开始。")
  static let cancelling = Word("stopping…", "正在停止…")

  // Stages
  static let preparing = Word("preparing", "准备")
  static let loading = Word("loading", "载入")
  static let denoise = Word("denoise", "去噪")
  static let decode = Word("decode", "解码")
  static let check = Word("checking", "检查")

  // History and queue
  static let newestFirst = Word("newest first", "最新在前")
  static let oldestFirst = Word("oldest first", "最早在前")
  static let slowestFirst = Word("slowest first", "最慢在前")
  static let largestFirst = Word("most memory first", "内存最多在前")
  static let noJobs = Word("No renders yet. F2 composes, Ctrl-R renders.", "还没有作品。按 F2 创作，按 Ctrl-R 渲染。")
  static let noMatch = Word("Nothing matches this filter. Esc clears it.", "没有匹配的作品。按 Esc 清除筛选。")
  static let emptyQueue = Word("The queue is empty. Ctrl-R adds what is in Compose.", "队列为空。按 Ctrl-R 加入当前创作。")
  static let filter = Word("filter", "筛选")
  static let of = Word("of", "/")
  static let from = Word("from", "源自")
  static let tags = Word("tags", "标签")
  static let notes = Word("notes", "备注")
  static let framesHash = Word("frames", "帧哈希")
  static let seed = Word("seed", "种子")
  static let steps = Word("steps", "步")
  static let shift = Word("shift", "偏移")
  static let guidance = Word("guidance", "引导")
  static let boundary = Word("boundary", "边界")
  static let compareWith = Word("compared with", "对比")
  static let why = Word("why", "原因")
  static let remedy = Word("what to do", "怎么办")
  static let reached = Word("reached", "进度")
  static let contactSheet = Word("batch", "批次")
  static let log = Word("log of", "日志")

  // States
  static let queued = Word("queued", "排队中")
  static let running = Word("running", "渲染中")
  static let done = Word("done", "完成")
  static let failed = Word("failed", "失败")
  static let cancelled = Word("cancelled", "已取消")
  static let interrupted = Word("interrupted", "已中断")

  // Models
  static let active = Word("active", "使用中")
  static let sound = Word("sound, verified", "完好，校验于")
  static let unverified = Word("not yet verified", "尚未校验")
  static let changedSince = Word("changed since", "此后有改动：")
  static let verifying = Word("verifying", "正在校验")
  static let builtIn = Word("built-in", "内置")
  static let lookingForModels = Word("looking for models…", "正在查找模型…")
  static let noModels = Word("No models found.", "未找到模型。")

  // Layers
  static let help = Word("Help", "帮助")
  static let commands = Word("Commands", "命令")
  static let typeToFilter = Word("type to filter", "输入以筛选")
  static let welcome = Word("Welcome to Moviola", "欢迎使用 Moviola")
  static let variations = Word("Variations", "变体")
  static let yes = Word("yes", "是")
  static let no = Word("no", "否")
  static let everywhere = Word("everywhere", "任何位置")
  static let themes = Word("themes", "主题")
}
