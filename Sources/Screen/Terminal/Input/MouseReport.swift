/// What the terminal says about the mouse.
enum MouseReport {
  /// `ESC [ < button ; column ; row M` (pressed, moved) or `m` (released).
  static func sgr(_ sequence: ControlSequence) -> Mouse? {
    guard sequence.marker == "<", sequence.final == "M" || sequence.final == "m", sequence.parameters.count == 3
    else { return nil }
    let point = Point(x: sequence.parameters[1] - 1, y: sequence.parameters[2] - 1)
    return mouse(code: sequence.parameters[0], point, isRelease: sequence.final == "m")
  }

  /// `ESC [ M` and three bytes, each plus 32, for terminals without the SGR form.
  static func old(_ bytes: [UInt8]) -> Mouse? {
    guard bytes.count == 3 else { return nil }
    let code = Int(bytes[0]) - 32
    let point = Point(x: Int(bytes[1]) - 33, y: Int(bytes[2]) - 33)
    // This form does not say which button was released.
    if code & 3 == 3, code & 64 == 0 { return mouse(code: code & ~3, point, isRelease: true) }
    return mouse(code: code, point, isRelease: false)
  }

  /// Bits: 0–1 button, 2 shift, 3 alt, 4 control, 5 moved, 6 wheel.
  private static func mouse(code: Int, _ point: Point, isRelease: Bool) -> Mouse? {
    var modifiers: Key.Modifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    guard point.x >= 0, point.y >= 0, let action = action(code: code, isRelease: isRelease) else { return nil }
    return Mouse(action, at: point, modifiers: modifiers)
  }

  private static func action(code: Int, isRelease: Bool) -> Mouse.Action? {
    if code & 64 != 0 {
      switch code & 3 {
      case 0: return .wheelUp
      case 1: return .wheelDown
      default: return nil
      }
    }
    let buttons: [Mouse.Button] = [.left, .middle, .right]
    guard code & 3 < 3, code & 128 == 0 else { return nil }
    let button = buttons[code & 3]
    if isRelease { return .release(button) }
    return code & 32 != 0 ? .drag(button) : .press(button)
  }
}
