/// What a user may decide about the screen; everything else is found out.
public struct ScreenOptions: Sendable {
  public enum PictureChoice: String, Sendable, CaseIterable {
    case automatic = "auto"
    case off, blocks, kitty
  }

  public var pictures = PictureChoice.automatic
  public var mouse = true
  /// Draw with ASCII only.
  public var ascii = false
  /// Nil: what the terminal says. NO_COLOR counts as `.none`.
  public var colours: ColourDepth?
  /// What pictures may use of the line; nil: half of what the terminal turns out to take.
  public var pictureBytesPerSecond: Int?

  /// Stops the process and gives the terminal back, like everywhere. Nil: the key is a key, and
  /// ``TerminalScreen/suspend()`` does it.
  public var suspendKey: Key? = .control("z")

  public init() {}
}
