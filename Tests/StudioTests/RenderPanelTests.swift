import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// The render panel says what is so.
struct RenderPanelTests {
  private func text(_ state: StudioState) -> String { StudioView.draw(state).grid.text }

  @Test func aPreviewThatIsSwitchedOffDoesNotCome() {
    var state = Samples.composing(120, 34)
    state.options.showsPreview = false
    #expect(text(state).contains("the preview is off (config.toml or --preview)"))
    #expect(!text(state).contains("comes with the first step"))
    state.options.language = .zh
    #expect(text(state).contains("预览已关闭"))
  }

  @Test func aPausedPreviewNamesTheKeyThatCountsHere() {
    var state = Samples.composing(120, 34)
    _ = update(&state, .input(.key(.function(7))))
    #expect(text(state).contains("preview paused, F7 goes on"))
    _ = update(&state, .input(.key(.function(4))))
    #expect(text(state).contains("preview paused, p goes on"))
    _ = update(&state, .input(.key(.character("p"))))
    #expect(!state.render.isPreviewPaused)
  }
}
