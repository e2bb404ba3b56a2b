import Prompting
public import Terminal

/// The key table: what help, the palette and the key line show is what happens.
public enum KeyTable {
  public static let all = everywhere + compose + text + settings + lists + history + queue + models + layers

  /// What a key does, asked from the innermost context outwards.
  public static func action(for key: Key, in contexts: [KeyContext]) -> Action? {
    for context in contexts {
      if let binding = all.first(where: { $0.context == context && $0.keys.contains(key) }) { return binding.action }
    }
    return nil
  }

  /// The binding that explains an action where one is.
  public static func binding(for action: Action, in contexts: [KeyContext]) -> KeyBinding? {
    for context in contexts {
      if let binding = all.first(where: { $0.action == action && $0.context == context }) { return binding }
    }
    return all.first { $0.action == action }
  }

  private static let everywhere: [KeyBinding] = [
    KeyBinding(.render, .everywhere, [.control("r")], "Render what is in Compose", "渲染当前创作", line: (0, "render", "渲染")),
    KeyBinding(.showCompose, .everywhere, [.function(2)], "Compose: write and render", "创作：撰写并渲染"),
    KeyBinding(.showHistory, .everywhere, [.function(3)], "History: every render", "历史：全部作品"),
    KeyBinding(.showQueue, .everywhere, [.function(4)], "Queue: what runs and waits", "队列：进行中与等待中"),
    KeyBinding(.showModels, .everywhere, [.function(5)], "Models: what is found", "模型：已找到的模型"),
    KeyBinding(.palette, .everywhere, [.control("p")], "Commands by name", "按名称查找命令", line: (8, "commands", "命令")),
    KeyBinding(
      .help, .everywhere, [.function(1), .character("?")], "Help for this screen", "本屏幕的帮助", line: (9, "help", "帮助")),
    KeyBinding(.zoom, .everywhere, [.function(6)], "Render panel on the whole screen, and back", "渲染面板全屏切换"),
    KeyBinding(.cancelRender, .everywhere, [.function(8)], "Stop the render that runs (asks)", "停止正在进行的渲染（会先询问）"),
    KeyBinding(.pausePreview, .everywhere, [.function(7)], "Pause or resume the moving preview", "暂停或继续预览"),
    KeyBinding(.variations, .everywhere, [.function(9)], "Variations: several seeds or a sweep", "变体：多个种子或参数扫描"),
    KeyBinding(.nextTheme, .everywhere, [.function(10)], "Next theme", "下一个主题"),
    KeyBinding(.switchLanguage, .everywhere, [], "Interface in Chinese or English", "界面语言：中文或英文"),
    KeyBinding(.switchMouse, .everywhere, [], "Mouse on or off", "开启或关闭鼠标"),
    KeyBinding(.switchMotion, .everywhere, [], "Reduced motion on or off", "开启或关闭减少动态效果"),
    KeyBinding(.close, .everywhere, [Key(.escape)], "Close one layer", "关闭一层"),
    KeyBinding(.sayHowToQuit, .everywhere, [.control("c")], "Say how to quit", "说明如何退出"),
    KeyBinding(.quit, .everywhere, [.control("q")], "Quit (asks while rendering)", "退出（渲染中会先询问）"),
  ]

  private static let compose: [KeyBinding] = [
    KeyBinding(.nextField, .compose, [Key(.tab)], "Next field", "下一个输入框", line: (2, "next field", "下一项")),
    KeyBinding(.previousField, .compose, [Key(.backtab)], "Previous field", "上一个输入框"),
    KeyBinding(.insertWord, .compose, [.control("n")], "Words for this field", "本项词汇", line: (3, "words", "词汇")),
    KeyBinding(.templates, .compose, [.control("o")], "Templates", "模板", line: (4, "templates", "模板")),
    KeyBinding(.switchMode, .compose, [.control("f")], "Slots or one free text", "分项或自由文本"),
    KeyBinding(.splitText, .compose, [.control("s")], "Split the free text into slots", "把自由文本拆分为各项"),
    KeyBinding(.fix1, .compose, [.alt("1")], "Apply the first suggestion", "采用第一个建议"),
    KeyBinding(.fix2, .compose, [.alt("2")], "Apply the second suggestion", "采用第二个建议"),
    KeyBinding(.fix3, .compose, [.alt("3")], "Apply the third suggestion", "采用第三个建议"),
    KeyBinding(.dismissHint, .compose, [.alt("0")], "Dismiss the first hint", "忽略第一条提示"),
    KeyBinding(.presetDraft, .compose, [.alt("5")], "Settings: draft, fewer steps and frames", "设置：草稿，步数和帧数较少"),
    KeyBinding(.presetBalanced, .compose, [.alt("6")], "Settings: balanced, the model's own", "设置：均衡，模型默认"),
    KeyBinding(.presetFinal, .compose, [.alt("7")], "Settings: final, more steps", "设置：成片，步数较多"),
    KeyBinding(.clearAll, .compose, [.alt("c")], "Clear all fields (undo brings each back)", "清空全部（可逐项撤销）"),
  ]

  private static let text: [KeyBinding] = [
    KeyBinding(.acceptGhost, .text, [Key(.right)], "At the end: take the grey words", "在末尾：采用灰色文字"),
    KeyBinding(.undo, .text, [.control("_"), .alt("z")], "Undo", "撤销"),
    KeyBinding(.redo, .text, [.alt("y")], "Redo", "重做"),
    KeyBinding(.killLine, .text, [.control("k")], "Cut to the end of the line", "剪切到行尾"),
    KeyBinding(.killToStart, .text, [.control("u")], "Cut to the start of the line", "剪切到行首"),
    KeyBinding(.killWord, .text, [.control("w"), Key(.backspace, .alt)], "Cut the word before", "剪切前一个词"),
    KeyBinding(.killWordForward, .text, [.alt("d")], "Cut the word after", "剪切后一个词"),
    KeyBinding(.yank, .text, [.control("y"), .control("v")], "Insert what was cut", "插入剪切的文字"),
    KeyBinding(.copySelection, .text, [.control("x")], "Cut the selection (Shift-arrows select)", "剪切选区（Shift+方向键选择）"),
    KeyBinding(.selectAll, .text, [.control("a")], "Select all", "全选"),
    KeyBinding(.wordLeft, .text, [Key(.left, .control), Key(.left, .alt), .alt("b")], "Word left", "左移一词"),
    KeyBinding(.wordRight, .text, [Key(.right, .control), Key(.right, .alt), .alt("f")], "Word right", "右移一词"),
    KeyBinding(.newLine, .text, [Key(.enter, .alt)], "New line", "换行"),
  ]

  private static let settings: [KeyBinding] = [
    KeyBinding(.up, .settings, [Key(.up)], "Setting above", "上一行设置"),
    KeyBinding(.down, .settings, [Key(.down)], "Setting below", "下一行设置"),
    KeyBinding(.nextSetting, .settings, [Key(.character(" ")), .character("l")], "Next setting", "下一个设置"),
    KeyBinding(.previousSetting, .settings, [.character("h")], "Previous setting", "上一个设置"),
    KeyBinding(
      .valueUp, .settings, [Key(.right), .character("+"), .character("=")], "Next value", "下一个值",
      line: (2, "next value", "下一个值")),
    KeyBinding(.valueDown, .settings, [Key(.left), .character("-")], "Previous value", "上一个值"),
    KeyBinding(
      .editValue, .settings, [Key(.enter)], "Type a value (digits do it too)", "输入数值（也可直接键入）",
      line: (2, "type it", "键入")),
    KeyBinding(.randomSeed, .settings, [.character("r")], "Seed: fixed or random", "种子：固定或随机"),
    KeyBinding(.lastSeed, .settings, [.character("s")], "Seed: an earlier one", "种子：之前用过的"),
    KeyBinding(.resetValue, .settings, [Key(.backspace)], "The model's own value", "模型默认值"),
  ]

  private static let lists: [KeyBinding] = [
    KeyBinding(.up, .list, [Key(.up), .character("k")], "Up", "上移"),
    KeyBinding(.down, .list, [Key(.down), .character("j")], "Down", "下移"),
    KeyBinding(.pageUp, .list, [Key(.pageUp)], "Page up", "上一页"),
    KeyBinding(.pageDown, .list, [Key(.pageDown)], "Page down", "下一页"),
    KeyBinding(.first, .list, [Key(.home), .character("g")], "First", "第一个"),
    KeyBinding(.last, .list, [Key(.end), .character("G")], "Last one loaded", "最后一个"),
    KeyBinding(.pausePreview, .list, [.character("p")], "Pause or resume the moving preview", "暂停或继续预览"),
  ]

  private static let history: [KeyBinding] = [
    KeyBinding(.choose, .history, [Key(.enter)], "Detail on the whole screen", "全屏查看详情"),
    KeyBinding(.filter, .history, [.character("/")], "Filter", "筛选", line: (7, "filter", "筛选")),
    KeyBinding(
      .loadIntoComposer, .history, [.character("e")], "Load into the composer", "载入创作", line: (1, "edit", "编辑")),
    KeyBinding(.rerun, .history, [.character("r")], "Render again, same seed", "用相同种子重新渲染", line: (2, "re-run", "重跑")),
    KeyBinding(
      .rerunNewSeed, .history, [.character("R")], "Render again, new seed", "用新种子重新渲染", line: (3, "new seed", "新种子")),
    KeyBinding(.rerunReference, .history, [.character("P")], "Render again in reference precision", "以参考精度重新渲染"),
    KeyBinding(.compare, .history, [.character("=")], "Compare: mark this one, then go to another", "对比：先标记，再移到另一个"),
    KeyBinding(.open, .history, [.character("o")], "Open the clip in the player", "用播放器打开", line: (4, "open", "打开")),
    KeyBinding(.copyPath, .history, [.character("y")], "Copy the path", "复制路径", line: (5, "copy", "复制")),
    KeyBinding(.copyPrompt, .history, [.character("Y")], "Copy the prompt", "复制提示词"),
    KeyBinding(.copyRecipe, .history, [.character("c")], "Copy the recipe as JSON", "复制配方 JSON"),
    KeyBinding(.favourite, .history, [.character("f")], "Favourite, or not", "收藏或取消"),
    KeyBinding(
      .delete, .history, [.character("d"), Key(.delete)], "Delete (u brings it back)", "删除（按 u 恢复）",
      line: (6, "delete", "删除")),
    KeyBinding(.undoDelete, .history, [.character("u")], "Bring back what was deleted", "恢复已删除的"),
    KeyBinding(.verifyModel, .history, [.character("v")], "Verify the model of this render", "校验此作品所用的模型"),
    KeyBinding(.nextSort, .history, [.character("s")], "Sort", "排序"),
    KeyBinding(.editTags, .history, [.character("t")], "Tags", "标签"),
    KeyBinding(.editNotes, .history, [.character("n")], "Notes", "备注"),
    KeyBinding(.showBatch, .history, [.character("b")], "The batch it belongs to", "所属批次"),
    KeyBinding(.showLog, .history, [.character("x")], "What the log says about it", "查看该任务的日志"),
  ]

  private static let queue: [KeyBinding] = [
    KeyBinding(
      .delete, .queue, [.character("d"), Key(.delete)], "Take out of the queue; a running one: stop (asks)",
      "移出队列；进行中的：停止（会先询问）",
      line: (2, "remove", "移出")),
    KeyBinding(.loadIntoComposer, .queue, [.character("e")], "Load into the composer", "载入创作", line: (1, "edit", "编辑")),
    KeyBinding(.zoom, .queue, [Key(.enter)], "Watch the render on the whole screen", "全屏观看渲染"),
  ]

  private static let models: [KeyBinding] = [
    KeyBinding(.activateModel, .models, [Key(.enter)], "Use this model", "使用此模型", line: (1, "use", "使用")),
    KeyBinding(
      .verifyModel, .models, [.character("v")], "Verify every file, or stop it", "校验全部文件，再按停止",
      line: (2, "verify", "校验")),
    KeyBinding(.refreshModels, .models, [.character("r")], "Look again", "重新查找", line: (3, "look again", "重新查找")),
  ]

  private static let layers: [KeyBinding] = [
    KeyBinding(.up, .menu, [Key(.up), Key(.backtab)], "Up", "上移"),
    KeyBinding(.down, .menu, [Key(.down), Key(.tab)], "Down", "下移"),
    KeyBinding(.pageUp, .menu, [Key(.pageUp)], "Page up", "上一页"),
    KeyBinding(.pageDown, .menu, [Key(.pageDown)], "Page down", "下一页"),
    KeyBinding(.choose, .menu, [Key(.enter)], "Choose", "选择", line: (1, "choose", "选择")),
    KeyBinding(.close, .menu, [Key(.escape)], "Close", "关闭", line: (2, "close", "关闭")),
    KeyBinding(.sheetLeft, .sheet, [Key(.left)], "Variation to the left", "左边的变体"),
    KeyBinding(.sheetRight, .sheet, [Key(.right)], "Variation to the right", "右边的变体"),
    KeyBinding(.keep, .sheet, [.character("f"), .character(" ")], "Keep it, or not", "保留或取消", line: (1, "keep", "保留")),
    KeyBinding(
      .loadIntoComposer, .sheet, [.character("e"), Key(.enter)], "Go on with this one in the composer", "用此变体继续创作",
      line: (2, "go on with it", "继续创作")),
    KeyBinding(.choose, .input, [Key(.enter)], "Apply", "应用", line: (1, "apply", "应用")),
    KeyBinding(.close, .input, [Key(.escape)], "Leave", "离开", line: (2, "leave", "离开")),
    KeyBinding(.choose, .question, [.character("y"), Key(.enter)], "Yes", "是", line: (1, "yes", "是")),
    KeyBinding(.close, .question, [.character("n"), Key(.escape)], "No", "否", line: (2, "no", "否")),
  ]
}
