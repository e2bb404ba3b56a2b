import Foundation
import Testing

@testable import Terminal

@Suite("Around the screen")
struct ScreenTests {
  @Test("many pokes from many threads are one wake")
  func waker() async throws {
    let waker = try Waker()
    #expect(waker.drain() == [])
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<1000 { waker.poke() } } }
    }
    #expect(waker.drain() == [0])
    #expect(waker.drain() == [])
    waker.poke()
    #expect(waker.drain() == [0])
  }

  @Test("what is switched on is switched off", arguments: [true, false])
  func modes(mouse: Bool) {
    let modes = TerminalModes(mouse: mouse, isXtermLike: true)
    let on = modes.enter.matches(of: /\?(\d+)h/).map(\.1)
    let off = modes.leave.matches(of: /\?(\d+)l/).map(\.1)
    #expect(on.contains("2004") && on.contains("1000") == mouse)
    #expect(Set(on).isSubset(of: Set(off)))
    #expect(TerminalModes(mouse: mouse, isXtermLike: false).enter.isEmpty)
  }

  @Test("images are deleted where there can be some")
  func images() {
    var modes = TerminalModes(mouse: false, isXtermLike: true)
    #expect(!modes.leave.contains("a=d"))
    modes.images = [17]
    #expect(modes.leave.contains("a=d,d=I,i=17,") && modes.leave.contains("a=d,d=R,x=16,y=255,"))
    modes.passthrough = true
    #expect(modes.leave.hasPrefix("\u{1B}Ptmux;"))
  }

  @Test(
    "without a terminal it says what to do instead",
    .enabled(if: isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0))
  func noTerminal() {
    #expect { try TerminalScreen() } throws: { ($0 as? TerminalError)?.remedy.contains("moviola render") == true }
  }
}
