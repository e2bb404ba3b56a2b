public import Prompting

extension TextKey {
  public subscript(language: PromptLanguage) -> String { text[language] }

  public var text: Bilingual {
    switch self {
    case .compose: Bilingual("Compose", "创作")
    case .history: Bilingual("History", "历史")
    case .queue: Bilingual("Queue", "队列")
    case .models: Bilingual("Models", "模型")
    case .help: Bilingual("Help", "帮助")
    case .subject: Bilingual("Subject", "主体")
    case .action: Bilingual("Action", "动作")
    case .scene: Bilingual("Scene", "场景")
    case .style: Bilingual("Style", "风格")
    case .camera: Bilingual("Camera", "镜头")
    case .negative: Bilingual("Negative", "负面")
    case .settings: Bilingual("settings", "设置")
    case .readsAs: Bilingual("reads as", "读作")
    case .tokens: Bilingual("tokens", "词元")
    case .freeText: Bilingual("free text", "自由文本")
    case .idle: Bilingual("idle", "空闲")
    case .rendering: Bilingual("rendering", "渲染中")
    case .loading: Bilingual("loading", "载入中")
    case .encodingText: Bilingual("reading the prompt", "读取提示词")
    case .denoising: Bilingual("denoising", "去噪中")
    case .decoding: Bilingual("decoding", "解码中")
    case .writing: Bilingual("writing", "写入中")
    case .done: Bilingual("done", "完成")
    case .failed: Bilingual("failed", "失败")
    case .cancelled: Bilingual("cancelled", "已取消")
    case .paused: Bilingual("paused", "已暂停")
    case .queued: Bilingual("queued", "排队中")
    }
  }
}
