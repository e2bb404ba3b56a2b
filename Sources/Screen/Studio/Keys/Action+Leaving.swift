extension Action {
  /// Whether it goes away from a value that is being typed, or works with the settings as they are.
  var leavesValue: Bool {
    switch self {
    case .render, .variations, .showCompose, .showHistory, .showQueue, .showModels, .zoom, .nextField, .previousField,
      .templates, .switchMode, .splitText, .fix1, .fix2, .fix3, .presetDraft, .presetBalanced, .presetFinal,
      .nextSetting, .previousSetting, .valueUp, .valueDown, .randomSeed, .lastSeed, .resetValue:
      true
    default: false
    }
  }
}
