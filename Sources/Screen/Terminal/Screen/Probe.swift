/// What the terminal is asked at the start, and what its answers mean. Nothing waits for them: the first picture of
/// the screen is there before, and answers that come late are still recognised.
struct Probe {
  let surroundings: Surroundings
  let choice: ScreenOptions.PictureChoice
  let depth: ColourDepth
  let isUnicode: Bool

  /// The last question was answered: so were all others, or never.
  private(set) var isAnswered = false
  private(set) var terminalName: String?
  private var answersGraphics = false

  init(
    surroundings: Surroundings, choice: ScreenOptions.PictureChoice, depth: ColourDepth, isUnicode: Bool
  ) {
    self.surroundings = surroundings
    self.choice = choice
    self.depth = depth
    self.isUnicode = isUnicode
  }

  /// Only terminals that swallow what they do not know are asked. The last question is one that all answer.
  var questions: String {
    guard surroundings.isXtermLike else { return "" }
    let mayShowImages = choice == .automatic && depth >= .indexed && isUnicode
    let graphics = surroundings.isTmux ? KittyProtocol.wrap(KittyProtocol.query) : KittyProtocol.query
    return (mayShowImages ? graphics : "") + "\u{1B}[>0q" + "\u{1B}[c"
  }

  /// Whether the answer changes anything.
  mutating func take(_ reply: TerminalReply) -> Bool {
    let before = pictures.form
    switch reply {
    case .graphics(KittyProtocol.queryID, let message): answersGraphics = message == "OK"
    case .name(let name): terminalName = name
    case .attributes: isAnswered = true
    default: break
    }
    return pictures.form != before
  }

  /// Some terminals know the protocol but not placeholders.
  private var drawsPlaceholders: Bool {
    let name = terminalName?.lowercased() ?? ""
    return name.hasPrefix("kitty") || name.hasPrefix("ghostty") || surroundings.hasPlaceholderMark
  }

  var pictures: (form: PictureProtocol, why: String) {
    switch choice {
    case .off: (.none, "asked for")
    case .blocks: (.blocks, "asked for")
    case .kitty where depth >= .indexed && isUnicode: (.kitty, "asked for")
    case .kitty: (.blocks, "kitty was asked for, but its placeholders need UTF-8 and 256 colours")
    case .automatic: automatic
    }
  }

  private var automatic: (PictureProtocol, String) {
    if answersGraphics, drawsPlaceholders { return (.kitty, "the terminal answered that it can") }
    if answersGraphics { return (.blocks, "the terminal takes images, but is not known to place them in text") }
    if !surroundings.isXtermLike { return (.blocks, "this kind of terminal is not asked") }
    if !isAnswered { return (.blocks, "the terminal has not answered yet") }
    if surroundings.isTmux {
      return (.blocks, "nothing came through tmux (allow-passthrough is off, or the terminal outside shows no images)")
    }
    return (.blocks, "the terminal did not answer that it places images in text (kitty does from 0.28)")
  }
}
