/// How long a prompt may be: the model reads 512 tokens, and follows long ones less and less.
public enum TokenAdvice {
  public static let advise = 80
  public static let warn = 300
  public static let limit = 512

  static func check(_ draft: Draft) -> [Hint] {
    guard let count = draft.tokenCount, count >= advise else { return [] }
    if count > limit {
      let message = Bilingual(
        "\(count) tokens: the model reads \(limit); shorten the prompt by \(count - limit)",
        "\(count) 个词元：模型只读 \(limit) 个，请删去 \(count - limit) 个")
      return [Hint(.length, .refusal, [], message)]
    }
    if count >= warn {
      let message = Bilingual(
        "\(count) tokens: clips follow prompts of more than about \(warn) less well; keep what can be seen",
        "\(count) 个词元：超过约 \(warn) 个后画面跟随变差，只保留看得见的内容")
      return [Hint(.length, .warning, [], message)]
    }
    let message = Bilingual(
      "\(count) tokens: short prompts (under \(advise)) are followed best", "\(count) 个词元：\(advise) 个以内跟随得最好")
    return [Hint(.length, .advice, [], message)]
  }
}
