public import Prompting

/// Where a key counts. The innermost context that knows a key gets it.
public enum KeyContext: String, Hashable, Sendable, CaseIterable {
  case everywhere
  case compose, text, settings
  case list, history, queue, models
  case menu, sheet, input, question

  public var title: Bilingual {
    switch self {
    case .everywhere: Bilingual("Everywhere", "任何位置")
    case .compose: Bilingual("Compose", "创作")
    case .text: Bilingual("Text fields", "文本框")
    case .settings: Bilingual("Settings", "设置")
    case .list: Bilingual("Lists", "列表")
    case .history: Bilingual("History", "历史")
    case .queue: Bilingual("Queue", "队列")
    case .models: Bilingual("Models", "模型")
    case .menu: Bilingual("Menus", "菜单")
    case .sheet: Bilingual("Contact sheet", "联系表")
    case .input: Bilingual("Input lines", "输入行")
    case .question: Bilingual("Questions", "提问")
    }
  }
}
