import CNCurses
import Testing

@testable import Terminal

@Suite("What terminal this is")
struct SurroundingsTests {
  private func surroundings(_ variables: [String: String]) -> Surroundings { Surroundings { variables[$0] } }

  @Test("a description is found for any TERM", arguments: ["xterm-kitty", "foot", "vt220", "nonsense", ""])
  func fallback(term: String) {
    let names = surroundings(["TERM": term]).candidates(colours: nil).map(\.name)
    #expect(term.isEmpty || term == "foot" || term == "xterm-kitty" || names.first == term)
    #expect(names.contains("vt100") && names.contains(DirectTerminfo.name))
    #expect(Set(names).count == names.count)
  }

  @Test("24-bit colours are described by us, and not when colours are unwanted")
  func direct() {
    #expect(
      surroundings(["TERM": "xterm-256color", "COLORTERM": "truecolor"]).candidates(colours: nil).first?.terminfo != nil
    )
    let plain = surroundings(["TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"])
    #expect(plain.candidates(colours: nil).first == .init(name: "xterm-256color"))
    #expect(plain.depth(colours: 256, isDirect: false, wanted: nil).depth == .none)
    #expect(plain.depth(colours: 256, isDirect: false, wanted: .sixteen).depth == .sixteen)
    #expect(surroundings(["TERM": "linux"]).depth(colours: 8, isDirect: false, wanted: nil).depth == .eight)
    #expect(surroundings(["TERM": "vt100", "COLORTERM": "truecolor"]).claimsDirectColour == false)
  }

  private func probe(
    _ variables: [String: String], _ choice: ScreenOptions.PictureChoice = .automatic, _ replies: [TerminalReply]
  ) -> Probe {
    var probe = Probe(surroundings: surroundings(variables), choice: choice, depth: .indexed, isUnicode: true)
    for reply in replies { _ = probe.take(reply) }
    return probe
  }

  @Test("images only where the terminal answers that it can, and places them in text")
  func pictures() {
    let yes = TerminalReply.graphics(id: KittyProtocol.queryID, message: "OK")
    let term = ["TERM": "xterm-256color"]
    #expect(probe(term, .automatic, [yes, .name("kitty(0.36.4)"), .attributes([62])]).pictures.form == .kitty)
    #expect(probe(["TERM": "xterm-ghostty"], .automatic, [yes]).pictures.form == .kitty)
    #expect(probe(term, .automatic, [yes, .name("WezTerm 2024"), .attributes([62])]).pictures.form == .blocks)
    #expect(probe(term, .automatic, [.attributes([62])]).pictures.form == .blocks)
    #expect(probe(term, .kitty, []).pictures.form == .kitty)
    #expect(probe(term, .off, [yes, .name("kitty")]).pictures.form == .none)
    #expect(probe(["TERM": "tmux-256color", "TMUX": "x"], .automatic, []).questions.hasPrefix("\u{1B}Ptmux;"))
    #expect(probe(["TERM": "linux"], .automatic, []).questions.isEmpty)
    #expect(probe(term, .blocks, []).questions.contains("_G") == false)
  }
}

@Suite("Glyphs")
struct GlyphTests {
  @Test("ASCII stands for what people read")
  func ascii() {
    #expect("╭─│█…✓é▶球".map { String(Character(ASCIIForm.of($0))) }.joined() == "+-|#.ve>?")
  }

  @Test("two columns stay two columns")
  func asciiWide() {
    var form = GlyphForm(isUnicode: false)
    #expect(form.pieces(of: "球").count == 2)
    #expect(form.pieces(of: "─") == [[0x2D]])
  }

  @Test(
    "a cluster takes its columns, whatever the C library thinks of it",
    arguments: [
      "a", "é", "e\u{301}", "一", "か\u{3099}", "한", "\u{1112}\u{1161}\u{11AB}", "😀", "👩‍👩‍👧", "👍🏽", "❤️", "❤", "🇩🇪", "1️⃣",
      "नमस्ते", "क्षि", "ไทย", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫨", "\u{10EEEE}\u{305}\u{30D}", "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
      "\u{E000}",
      "\u{378}", "\u{FFFD}", "␛",
    ])
  func columns(text: String) {
    var name = [CChar](repeating: 0, count: 64)
    guard cn_use_locale(&name, name.count) == 1 else { return }
    var form = GlyphForm(isUnicode: true)
    for character in text {
      let pieces = form.pieces(of: String(character))
      let columns = pieces.map { Int(cn_width(UInt32(bitPattern: $0[0]))) }
      #expect(columns.allSatisfy { $0 > 0 })
      #expect(columns.reduce(0, +) == TextWidth.of(character))
      #expect(
        pieces.allSatisfy { $0.count <= 5 && $0.dropFirst().allSatisfy { cn_width(UInt32(bitPattern: $0)) == 0 } })
    }
  }
}
