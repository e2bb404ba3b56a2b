/// What this terminal is and why we think so, for `doctor`.
public struct TerminalReport: Sendable, Hashable {
  public struct Fact: Sendable, Hashable {
    public var name: String
    public var value: String
    public var why: String
  }

  public var size: Size
  /// In pixels, if the terminal tells.
  public var cellSize: Size?
  public var colours: ColourDepth
  public var isUnicode: Bool
  public var pictures: PictureProtocol
  public var isTmux: Bool
  public var facts: [Fact]
}

extension ColourDepth {
  public var name: String {
    switch self {
    case .none: "none"
    case .eight: "8"
    case .sixteen: "16"
    case .indexed: "256"
    case .direct: "16 million"
    }
  }
}
