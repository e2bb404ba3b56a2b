/// Bytes from a terminal → keys, pastes, mouse events and answers, as a state machine without I/O.
///
///     var decoder = InputDecoder()
///     decoder.feed([0x1B, 0x5B, 0x41])   // [.input(.key(Key(.up)))]
///     decoder.feed([0x1B])               // []: Esc, or the beginning of a sequence
///     decoder.flush()                    // [.input(.key(Key(.escape)))], after a moment of silence
struct InputDecoder {
  enum Event: Equatable {
    case input(Input)
    case reply(TerminalReply)
  }

  /// A sequence that never ends (a stray Alt-]) is given up after so many bytes.
  static let longestSequence = 4096

  /// What the terminal's modes say Backspace sends, beside DEL.
  var backspace: UInt8 = 0x7F
  private var pending: [UInt8] = []
  private var paste: PasteBuffer?
  private var events: [Event] = []
  private var text = ""

  init() {}

  /// How long to wait for the rest of a sequence before ``flush()``; nil if nothing is open.
  /// A slow line may split a sequence, and nobody strikes Esc and "[" that quickly: only what could well be Esc or
  /// Alt with a letter is impatient.
  var patience: Duration? {
    if pending.isEmpty || paste != nil { return nil }
    let isKeyLike = pending.count == 1 || pending.count == 2 && !(pending[1] == 0x5B || pending[1] == 0x4F)
    return .milliseconds(isKeyLike ? 25 : 250)
  }

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
    pending += bytes
    consume(isComplete: false)
    return takeEvents()
  }

  /// Nothing more came: what is open means what it says.
  mutating func flush() -> [Event] {
    consume(isComplete: true)
    return takeEvents()
  }

  private mutating func takeEvents() -> [Event] {
    endText()
    defer { events = [] }
    return events
  }

  private mutating func consume(isComplete: Bool) {
    var rest = pending[...]
    while let first = rest.first {
      if paste != nil {
        takePaste(&rest)
        continue
      }
      let taken = first == 0x1B ? escape(rest, isComplete) : plain(rest, isComplete)
      guard taken > 0 else { break }
      rest = rest.dropFirst(taken)
    }
    pending = Array(rest)
  }

  private mutating func takePaste(_ rest: inout ArraySlice<UInt8>) {
    guard let whole = paste?.append(rest) else {
      rest = []
      return
    }
    paste = nil
    rest = rest.dropFirst(whole.taken)
    emit(.paste(whole.text))
  }

  private mutating func emit(_ input: Input) {
    endText()
    events.append(.input(input))
  }

  /// Text is cut into characters when a run of it ends, so that marks join the letter before them.
  private mutating func endText() {
    for character in text { events.append(.input(.key(.character(character)))) }
    text = ""
  }
}

// Text and control characters. Each function returns how many bytes it took; 0 asks for more.
extension InputDecoder {
  private mutating func plain(_ bytes: ArraySlice<UInt8>, _ isComplete: Bool) -> Int {
    guard let first = bytes.first else { return 0 }
    if let key = KeyTable.control(first, backspace: backspace) {
      emit(.key(key))
      return 1
    }
    guard let (character, count) = UTF8Scalar.first(in: bytes) else {
      guard isComplete else { return 0 }
      text.unicodeScalars.append("\u{FFFD}")
      return bytes.count
    }
    text.unicodeScalars.append(character)
    return count
  }

  private mutating func escape(_ bytes: ArraySlice<UInt8>, _ isComplete: Bool) -> Int {
    let rest = bytes.dropFirst()
    guard let second = rest.first else { return isComplete ? emitting(Key(.escape), 1) : 0 }
    let taken =
      switch second {
      case UInt8(ascii: "["): controlSequence(rest.dropFirst())
      case UInt8(ascii: "O"): singleShift(rest.dropFirst())
      case UInt8(ascii: "_"), UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "X"):
        string(introducer: second, rest.dropFirst())
      case 0x1B: Taken.no
      default: alt(rest, isComplete)
      }
    switch taken {
    case .bytes(let count): return count + (taken.countsIntroducer ? 2 : 1)
    case .plain(let count): return count + 1
    case .no: return emitting(Key(.escape), 1)
    case .more:
      guard isComplete || bytes.count > Self.longestSequence else { return 0 }
      return giveUp(bytes)
    }
  }

  private enum Taken {
    /// Bytes after the introducer.
    case bytes(Int)
    /// Bytes after Esc.
    case plain(Int)
    case more, no
    var countsIntroducer: Bool { if case .bytes = self { true } else { false } }
  }

  /// Alt-[ and the like if nothing followed; otherwise a broken sequence, which is dropped.
  private mutating func giveUp(_ bytes: ArraySlice<UInt8>) -> Int {
    guard bytes.count == 2, let second = bytes.last else { return bytes.count }
    return emitting(.alt(Character(Unicode.Scalar(second))), 2)
  }

  private mutating func emitting(_ key: Key, _ count: Int) -> Int {
    emit(.key(key))
    return count
  }

  private mutating func alt(_ bytes: ArraySlice<UInt8>, _ isComplete: Bool) -> Taken {
    guard let first = bytes.first else { return .more }
    if var key = KeyTable.control(first, backspace: backspace) {
      key.modifiers.insert(.alt)
      emit(.key(key))
      return .plain(1)
    }
    guard let (scalar, count) = UTF8Scalar.first(in: bytes) else { return .more }
    emit(.key(.alt(Character(scalar))))
    return .plain(count)
  }
}

// Sequences.
extension InputDecoder {
  private mutating func controlSequence(_ bytes: ArraySlice<UInt8>) -> Taken {
    // The Linux console's F1 to F5, and mouse reports of terminals without SGR, have a form of their own.
    if bytes.first == UInt8(ascii: "[") {
      guard let letter = bytes.dropFirst().first else { return .more }
      if (0x41...0x45).contains(letter) { emit(.key(.function(Int(letter) - 0x40))) }
      return .bytes(2)
    }
    if bytes.first == UInt8(ascii: "M") {
      guard bytes.count >= 4 else { return .more }
      if let mouse = MouseReport.old(Array(bytes.dropFirst().prefix(3))) { emit(.mouse(mouse)) }
      return .bytes(4)
    }
    guard let sequence = ControlSequence(bytes) else { return .more }
    interpret(sequence)
    return .bytes(sequence.count)
  }

  private mutating func interpret(_ sequence: ControlSequence) {
    if sequence.final == "~", sequence.parameters.first == 200 {
      paste = PasteBuffer()
    } else if let mouse = MouseReport.sgr(sequence) {
      emit(.mouse(mouse))
    } else if let reply = TerminalReply(sequence) {
      endText()
      events.append(.reply(reply))
    } else if sequence.isPlain, sequence.final == "I" || sequence.final == "O", sequence.parameters.isEmpty {
      emit(.focus(sequence.final == "I"))
    } else if let key = KeyTable.key(for: sequence) {
      emit(.key(key))
    }
  }

  private mutating func singleShift(_ bytes: ArraySlice<UInt8>) -> Taken {
    guard let letter = bytes.first else { return .more }
    guard let key = KeyTable.key(final: Character(Unicode.Scalar(letter)), modifiers: []) else { return .no }
    emit(.key(key))
    return .bytes(1)
  }

  /// DCS, OSC, APC, PM and SOS run to ST (or BEL).
  private mutating func string(introducer: UInt8, _ bytes: ArraySlice<UInt8>) -> Taken {
    guard let end = bytes.firstIndex(where: { $0 == 0x07 || $0 == 0x1B }) else { return .more }
    var count = end - bytes.startIndex + 1
    if bytes[end] == 0x1B {
      guard end + 1 < bytes.endIndex else { return .more }
      // Another sequence begins: this one was cut short.
      guard bytes[end + 1] == UInt8(ascii: "\\") else { return .bytes(count - 1) }
      count += 1
    }
    let body = String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
    if let reply = TerminalReply(introducer: introducer, body: body) {
      endText()
      events.append(.reply(reply))
    }
    return .bytes(count)
  }
}
