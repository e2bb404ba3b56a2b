/// What reaches the studio from the terminal and from other threads.
public enum Input: Hashable, Sendable {
  case key(Key)
  /// Pasted text, line ends as "\n". Never acts as keys.
  case paste(String)
  case mouse(Mouse)
  case resize(Size)
  case focus(Bool)
  /// Someone poked the waker: look at your own queues.
  case wake
  /// Back from Ctrl-Z, or the terminal told what it can: draw again.
  case redraw
  /// The terminal is gone. Nothing can be shown any more; work may go on.
  case hangup
  /// SIGTERM or SIGQUIT asks to stop; ends as the signal would have, after ``TerminalScreen/close()``.
  case terminate(signal: Int32)
}

public struct Mouse: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    case press(Button)
    case release(Button)
    case drag(Button)
    case wheelUp, wheelDown
  }
  public enum Button: Hashable, Sendable { case left, middle, right }

  public var action: Action
  public var point: Point
  public var modifiers: Key.Modifiers

  public init(_ action: Action, at point: Point, modifiers: Key.Modifiers = []) {
    self.action = action
    self.point = point
    self.modifiers = modifiers
  }
}
