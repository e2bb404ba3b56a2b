/// How pictures get to the screen.
public enum PictureProtocol: String, Sendable, Hashable {
  case none
  /// Two pixels a cell; characters of different darkness where there are no colours.
  case blocks
  /// Kitty's graphics protocol.
  case kitty
}
