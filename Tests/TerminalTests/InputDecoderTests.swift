import Testing

@testable import Terminal

@Suite("Bytes to input")
struct InputDecoderTests {
  /// What comes out of bytes that arrive at once and are followed by silence.
  private func decode(_ bytes: String) -> [InputDecoder.Event] {
    var decoder = InputDecoder()
    return decoder.feed(Array(bytes.utf8)) + decoder.flush()
  }

  @Test(
    "keys",
    arguments: [
      ("a", .character("a")), ("é", .character("é")), ("e\u{301}", .character("e\u{301}")), ("球", .character("球")),
      ("\r", Key(.enter)), ("\t", Key(.tab)), ("\u{7F}", Key(.backspace)), ("\u{8}", Key(.backspace, .control)),
      ("\u{12}", .control("r")), ("\0", .control(" ")), ("\u{1F}", .control("_")), ("\u{1B}", Key(.escape)),
      ("\u{1B}[A", Key(.up)), ("\u{1B}OA", Key(.up)), ("\u{1B}[1;2C", Key(.right, .shift)),
      ("\u{1B}[1;5D", Key(.left, .control)), ("\u{1B}[1;3B", Key(.down, .alt)), ("\u{1B}[H", Key(.home)),
      ("\u{1B}[4~", Key(.end)), ("\u{1B}OF", Key(.end)), ("\u{1B}[5~", Key(.pageUp)),
      ("\u{1B}[3;5~", Key(.delete, .control)),
      ("\u{1B}[Z", Key(.backtab)), ("\u{1B}OP", .function(1)), ("\u{1B}[[B", .function(2)),
      ("\u{1B}[15~", .function(5)),
      ("\u{1B}[24~", .function(12)), ("\u{1B}[1;2P", Key(.function(1), .shift)), ("\u{1B}b", .alt("b")),
      ("\u{1B}1", .alt("1")), ("\u{1B}\r", Key(.enter, .alt)), ("\u{1B}\u{7F}", Key(.backspace, .alt)),
      ("\u{1B}[", .alt("[")), ("\u{1B}P", .alt("P")), ("\u{1B}[27;5;13~", Key(.enter, .control)),
      ("\u{1B}[114;5u", .control("r")), ("\u{1B}[9;2u", Key(.backtab)), ("\u{1B}[7^", Key(.home, .control)),
    ] as [(String, Key)])
  func keys(bytes: String, key: Key) { #expect(decode(bytes) == [.input(.key(key))]) }

  @Test("a read may end anywhere")
  func everyCut() {
    let bytes = Array(
      "a球\u{1B}[1;5D\u{1B}[200~one\r\ntwo \u{1B}[A\u{1B}[201~\u{1B}[<0;3;4M\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4cz".utf8)
    var whole = InputDecoder()
    let expected = whole.feed(bytes)
    #expect(
      expected == [
        .input(.key(.character("a"))), .input(.key(.character("球"))), .input(.key(Key(.left, .control))),
        .input(.paste("one\ntwo \u{1B}[A")), .input(.mouse(Mouse(.press(.left), at: Point(x: 2, y: 3)))),
        .reply(.graphics(id: 31, message: "OK")), .reply(.attributes([62, 4])), .input(.key(.character("z"))),
      ])
    for cut in 1..<bytes.count {
      var decoder = InputDecoder()
      #expect(decoder.feed(bytes[..<cut]) + decoder.feed(bytes[cut...]) == expected, "cut at \(cut)")
    }
    var slow = InputDecoder()
    #expect(bytes.flatMap { slow.feed([$0]) } == expected)
  }

  @Test("a paste is text, whatever is in it")
  func paste() {
    let lines = (1...20).map { "line \($0)\u{3}\u{12}" }.joined(separator: "\r")
    #expect(decode("\u{1B}[200~\(lines)\u{1B}[201~") == [.input(.paste(lines.replacing("\r", with: "\n")))])
  }

  @Test(
    "the mouse",
    arguments: [
      ("\u{1B}[<0;1;1M", Mouse(.press(.left), at: .zero)),
      ("\u{1B}[<2;10;5m", Mouse(.release(.right), at: Point(x: 9, y: 4))),
      ("\u{1B}[<32;2;2M", Mouse(.drag(.left), at: Point(x: 1, y: 1))), ("\u{1B}[<64;1;1M", Mouse(.wheelUp, at: .zero)),
      ("\u{1B}[<81;3;1M", Mouse(.wheelDown, at: Point(x: 2, y: 0), modifiers: .control)),
      ("\u{1B}[M !!", Mouse(.press(.left), at: .zero)), ("\u{1B}[M#!!", Mouse(.release(.left), at: .zero)),
    ])
  func mouse(bytes: String, mouse: Mouse) { #expect(decode(bytes) == [.input(.mouse(mouse))]) }

  @Test("answers are never text")
  func replies() {
    #expect(decode("\u{1B}[0n") == [.reply(.ready)])
    #expect(decode("\u{1B}[?2026;2$y") == [.reply(.mode(2026, state: 2))])
    #expect(decode("\u{1B}P>|tmux 3.3a\u{1B}\\") == [.reply(.name("tmux 3.3a"))])
    #expect(decode("\u{1B}]11;rgb:0000/0000/0000\u{7}") == [])
    #expect(decode("\u{1B}[>41;330;0c") == [.reply(.other)])
    #expect(decode("\u{1B}[?1;2") == [])
    #expect(decode("\u{1B}[I\u{1B}[O") == [.input(.focus(true)), .input(.focus(false))])
  }

  @Test("damage is seen, not fatal")
  func damage() {
    var decoder = InputDecoder()
    #expect(decoder.feed([0xFF, 0x61]) == [.input(.key(.character("\u{FFFD}"))), .input(.key(.character("a")))])
    #expect(decoder.feed([0xE7, 0x90]) == [])
    #expect(decoder.patience != nil)
    #expect(decoder.flush() == [.input(.key(.character("\u{FFFD}")))])
    #expect(decoder.patience == nil)
    let endless = [0x1B, 0x5D] + [UInt8](repeating: 0x61, count: 10_000)
    _ = decoder.feed(endless)
    #expect(decoder.patience == nil)
  }

  @Test("any bytes: the same however reads cut them, and nothing stays open", arguments: 0..<300)
  func anyBytes(seed: UInt64) {
    var random = Steps(state: seed &* 2 &+ 1)
    let alphabet = Array("\u{1B}\u{1B}\u{1B}[[O_P]\\;0123456789<<?$>MmM~AuRyGcncI\u{7}a\r".utf8)
    let bytes = (0..<60).compactMap { _ in alphabet.randomElement(using: &random) }
    var whole = InputDecoder()
    var slow = InputDecoder()
    let expected = whole.feed(bytes)
    #expect(bytes.flatMap { slow.feed([$0]) } == expected, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    #expect(slow.flush() == whole.flush())
    #expect(whole.patience == nil)
  }
}
