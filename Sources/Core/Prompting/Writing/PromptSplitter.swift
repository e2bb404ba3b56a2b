/// Offers how a free text could be divided into slots.
///
///     PromptSplitter.split("A red ball in a grid room bounces, pixel art, static shot.")
///     // subject "a red ball", scene "in a grid room", action "bounces", style "pixel art", camera "static shot"
///
/// Nothing is lost: every word of the text lands in a slot.
public enum PromptSplitter {
  public static func split(_ text: String) -> PromptSlots {
    switch PromptLanguage.detect(text) ?? .en {
    case .en: ClauseSorter(stop: ". ", comma: ", ").split(text)
    case .zh: ClauseSorter(stop: "。", comma: "，").split(text)
    }
  }
}
