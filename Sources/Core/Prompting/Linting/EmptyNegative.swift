/// Without a negative prompt, guidance has nothing to lead away from.
enum EmptyNegative {
  /// Ours, for the large models.
  static let standard = Bilingual(
    "blurry, distorted, low quality, still picture, flicker, extra limbs, deformed hands, subtitles, watermark",
    "模糊，变形，低质量，静止画面，闪烁，多余的肢体，畸形的手，字幕，水印")

  static func check(_ draft: Draft) -> [Hint] {
    guard draft.clip.usesNegative, draft.slots.isBlank(.negative) else { return [] }
    let fix = Fix(
      Bilingual("put the usual one", "填入常用负面词"), .slots(draft.with(.negative, draft.answer(.negative, or: standard))))
    let message = Bilingual(
      "no negative prompt: say what must not be seen", "没有负面提示词：写出不想看到的内容")
    return [Hint(.emptyNegative, .advice, [.negative], message, fixes: [fix])]
  }
}
