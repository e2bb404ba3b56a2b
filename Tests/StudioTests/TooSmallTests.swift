import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// In a window that is too small nothing happens unseen.
struct TooSmallTests {
  private func text(_ state: StudioState) -> String { StudioView.draw(state).grid.text }

  private func browsing(_ width: Int, _ height: Int) -> StudioState {
    var state = Samples.browsing(100, 30)
    _ = update(&state, .input(.resize(Size(width: width, height: height))))
    return state
  }

  @Test(arguments: [Key.character("d"), .character("R"), .character("r"), .control("r"), .function(8), .function(2)])
  func keysDoNothing(key: Key) {
    var state = browsing(40, 10)
    #expect(update(&state, .input(.key(key))) == [])
    #expect(state.screen == .history && state.layers.isEmpty && state.notice == nil)
  }

  @Test func neitherPastesNorTheWheelDo() {
    var state = Samples.composing(59, 15)
    #expect(update(&state, .input(.paste("unseen"))) == [])
    #expect(!state.compose.prompt(.en).contains("unseen"))
    state = browsing(59, 16)
    #expect(update(&state, .input(.mouse(Mouse(.wheelDown, at: Point(x: 3, y: 3))))) == [])
    #expect(state.history.selection == 1)
  }

  @Test func oneCanQuitAndTheQuestionIsSeen() {
    var idle = Samples.state(40, 10)
    #expect(update(&idle, .input(.key(.control("q")))).contains(.quit))
    var state = Samples.composing(40, 10)
    #expect(update(&state, .input(.key(.control("q")))) == [])
    #expect(text(state).contains("A render is running.") && text(state).contains("y yes   n no"))
    var stays = state
    #expect(update(&stays, .input(.key(.character("n")))) == [] && stays.layers.isEmpty)
    #expect(text(stays).contains("moviola needs"))
    #expect(update(&state, .input(.key(.character("y")))).contains(.quit))
  }

  @Test func aQuestionThatCannotBeReadIsNotAnswered() {
    var state = Samples.composing(40, 2)
    _ = update(&state, .input(.key(.control("q"))))
    #expect(update(&state, .input(.key(.character("y")))) == [] && !state.isQuitting)
  }
}
