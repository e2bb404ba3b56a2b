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

  @Test func ofARenderElsewhereThePartsAreShownAsDone() {
    var state = Samples.state(120, 34)
    var job = Samples.job(9, .running)
    job.progress = JobProgress(stage: .denoise, done: 3, total: 20, component: .lowNoiseExpert, elapsed: 4)
    _ = update(&state, .queue([job]))
    #expect(text(state).contains("text ✓     high ✓     low ▶     vae ·"))
    var stopped = state
    _ = update(&stopped, .job(Samples.job(9, .cancelled)))
    #expect(text(stopped).contains("text ✓     high ✓     low ·     vae ·"))
    _ = update(&state, .job(Samples.job(9, .done)))
    #expect(text(state).contains("text ✓0.1s high ✓     low ✓     vae ✓1.2s mp4 ✓0.2s"))
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
