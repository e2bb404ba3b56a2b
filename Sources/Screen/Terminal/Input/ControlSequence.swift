/// A CSI sequence taken apart: `ESC [ <private> parameters <intermediate> final`.
struct ControlSequence: Equatable {
  /// One of `<=>?`, or nil.
  var marker: Character?
  /// Missing ones are 0. Sub-parameters (after ":") are left out.
  var parameters: [Int] = []
  var intermediates = ""
  var final: Character
  /// Bytes it takes after `ESC [`.
  var count: Int

  var isPlain: Bool { marker == nil && intermediates.isEmpty }

  /// Nil while it is incomplete. A byte that cannot be part of one ends it.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let end = bytes.firstIndex(where: { !(0x20...0x3F).contains($0) }) else { return nil }
    final = Character(Unicode.Scalar(bytes[end]))
    count = end - bytes.startIndex + 1
    var body = String(decoding: bytes[..<end], as: UTF8.self)[...]
    if let first = body.first, "<=>?".contains(first) {
      marker = first
      body.removeFirst()
    }
    let digits = body.prefix { $0.isNumber || $0 == ";" || $0 == ":" }
    intermediates = String(body[digits.endIndex...])
    guard !digits.isEmpty else { return }
    parameters = digits.split(separator: ";", omittingEmptySubsequences: false).map {
      Int($0.prefix { $0 != ":" }) ?? 0
    }
  }

  /// The second parameter holds modifiers plus one, as xterm numbers them.
  var modifiers: Key.Modifiers {
    guard parameters.count >= 2, parameters[1] > 1 else { return [] }
    return Key.Modifiers(xterm: parameters[1])
  }
}

extension Key.Modifiers {
  /// 1 + shift 1, alt 2, control 4, super 8, hyper 16, meta 32.
  init(xterm number: Int) {
    let bits = number - 1
    self = []
    if bits & 1 != 0 { insert(.shift) }
    if bits & (2 | 32) != 0 { insert(.alt) }
    if bits & 4 != 0 { insert(.control) }
  }
}
