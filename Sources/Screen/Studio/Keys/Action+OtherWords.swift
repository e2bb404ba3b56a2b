extension Action {
  /// Words that a person may look for it by, besides those of its title.
  var otherWords: String {
    switch self {
    case .cancelRender: "cancel abort kill interrupt 取消 中止"
    case .render: "generate start run make 生成 开始"
    case .quit: "exit leave bye 离开"
    case .showHistory: "gallery past jobs 作品"
    case .showQueue: "jobs waiting"
    case .variations: "batch grid 批次"
    case .nextTheme: "colours colors look dark light 颜色"
    case .switchLanguage: "translate 中文 english"
    case .switchMotion: "animation 动画"
    case .zoom: "fullscreen full screen 全屏"
    case .clearAll: "reset empty erase 重置"
    case .delete: "remove erase trash 移除"
    case .undoDelete: "restore undelete 还原"
    case .rerun, .rerunNewSeed, .rerunReference: "again repeat retry re-run 重跑"
    case .open: "play watch view 播放"
    case .loadIntoComposer: "edit reuse 编辑"
    case .favourite: "star like keep favorite"
    case .compare: "diff difference 差异"
    case .filter: "search find 搜索"
    case .showLog: "errors messages 错误"
    case .verifyModel: "check sha256 checksum 检查"
    default: ""
    }
  }
}
