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
}
