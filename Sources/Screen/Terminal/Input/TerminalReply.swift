/// What the terminal answers to questions of ours. Recognised whenever it comes, so it never ends up as typed text.
enum TerminalReply: Equatable {
  /// `ESC [ ? … c`: every terminal answers this, so what was asked before it has been answered or never will be.
  case attributes([Int])
  /// `ESC [ 0 n`: everything sent before was taken in.
  case ready
  /// `ESC [ ? mode ; state $ y`
  case mode(Int, state: Int)
  /// `ESC [ 8 ; … t` and other window reports.
  case window([Int])
  /// `ESC P > | name ST`
  case name(String)
  /// `ESC _ G i=id ; OK ST`
  case graphics(id: Int, message: String)
  case other

  /// Nil for a key.
  init?(_ sequence: ControlSequence) {
    switch (sequence.marker, sequence.intermediates, sequence.final) {
    case ("?", "", "c"): self = .attributes(sequence.parameters)
    case (nil, "", "n"): self = sequence.parameters == [0] ? .ready : .other
    case ("?", "$", "y"):
      guard sequence.parameters.count >= 2 else { return nil }
      self = .mode(sequence.parameters[0], state: sequence.parameters[1])
    case (nil, "", "t"): self = .window(sequence.parameters)
    case (.some("?"), _, _), (.some(">"), _, _), (.some("="), _, _), (nil, "$", "y"): self = .other
    default: return nil
    }
  }

  init?(introducer: UInt8, body: String) {
    switch introducer {
    case UInt8(ascii: "_"):
      guard body.hasPrefix("G"), let semicolon = body.firstIndex(of: ";") else { return nil }
      let fields = body[body.index(after: body.startIndex)..<semicolon].split(separator: ",")
      let id = fields.first { $0.hasPrefix("i=") }.flatMap { Int($0.dropFirst(2)) }
      self = .graphics(id: id ?? 0, message: String(body[body.index(after: semicolon)...]))
    case UInt8(ascii: "P"):
      guard body.hasPrefix(">|") else { return nil }
      self = .name(String(body.dropFirst(2)))
    default: return nil
    }
  }
}
