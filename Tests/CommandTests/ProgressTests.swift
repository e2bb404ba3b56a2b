import Production
import Rendering
import Testing

@testable import moviola

@Suite struct ProgressTests {
  private let recipe = Recipe(prompt: "p", model: "m", steps: 4)

  private func step(_ index: Int, _ expert: Component, seconds: Double = 3) -> JobEvent {
    .engine(
      .step(
        DenoisingStep(
          index: index, count: 4, expert: expert, sigma: 0.5, timestep: 500, seconds: seconds, preview: [])))
  }

  private func loading(_ component: Component, _ done: Int, _ total: Int, rate: Double? = nil) -> JobEvent {
    .engine(.loading(Loading(component: component, bytesDone: done, bytesTotal: total, bytesPerSecond: rate)))
  }

  /// The whole way of a render: what the moving line shows, and what stays above it.
  @Test func theLineTellsWhereARenderIs() {
    var progress = RenderProgress(recipe: recipe)
    var said: [String] = []
    var lines: [String] = []
    func now(_ event: JobEvent, _ time: Double) {
      said += progress.receive(event, at: time)
      lines.append(
        ProgressLine(
          progress: progress, style: TerminalStyle(hasColour: false, hasUnicode: true), memory: 5_123_000_000
        ).text(columns: 90, now: time))
    }
    now(loading(.textEncoder, 1_200_000_000, 11_400_000_000), 0)
    now(.engine(.textEncoded(TextEncoded(promptTokens: 7, negativeTokens: 1, seconds: 12))), 1)
    now(loading(.highNoiseExpert, 50, 50), 2)
    now(step(1, .highNoiseExpert), 3)
    now(step(2, .highNoiseExpert), 6)
    now(loading(.lowNoiseExpert, 1_000_000_000, 2_000_000_000, rate: 250e6), 7)
    now(step(3, .lowNoiseExpert), 10)
    now(step(4, .lowNoiseExpert, seconds: 200), 210)
    now(.engine(.decoding(Decoding(framesDone: 4, frameCount: 9))), 211)
    now(.checking, 212)
    #expect(
      lines == [
        "Loading     1.2 GB/11.4 GB  ━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌   5.1 GB  text encoder     ",
        "Text         5.1 GB",
        "Denoising  0/4  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ETA       —      — s/step   5.1 GB  high-noise expert",
        "Denoising  1/4  ━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ETA       —      — s/step   5.1 GB  high-noise expert",
        "Denoising  2/4  ━━━━━━━━━╌╌╌╌╌╌╌╌╌  ETA    0:06   3.00 s/step   5.1 GB  high-noise expert",
        "Loading     1.0 GB/2.0 GB  ━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌   5.1 GB  low-noise expert    250 MB/s",
        "Denoising  3/4  ━━━━━━━━━━━━━╌╌╌╌╌  ETA       —      — s/step   5.1 GB  low-noise expert ",
        "Denoising  4/4  ━━━━━━━━━━━━━━━━━━  ETA    0:00    102 s/step   5.1 GB  low-noise expert ",
        "Decoding   4/9  ━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌   5.1 GB",
        "Checking     5.1 GB",
      ])
    #expect(
      said == [
        "Text encoded: 7 tokens, negative 1, 12 s", "Denoised: 2 steps, high-noise expert, 6.0 s, 3.00 s/step",
        "Denoised: 2 steps, low-noise expert, 3 min 23 s, 102 s/step",
      ])
  }

  @Test func timeLeftCountsDownBetweenSteps() {
    var progress = RenderProgress(recipe: recipe)
    _ = progress.receive(step(1, .highNoiseExpert, seconds: 60), at: 60)
    #expect(progress.secondsLeft(at: 60) == nil)
    _ = progress.receive(step(2, .highNoiseExpert, seconds: 60), at: 120)
    #expect(progress.secondsLeft(at: 120) == 120)
    #expect(progress.secondsLeft(at: 150) == 90)
    // A slow step does not make the remaining ones vanish.
    #expect(progress.secondsLeft(at: 500) == 60)
  }

  @Test(arguments: 0...120) func noLineIsWiderThanTheTerminal(columns: Int) {
    var progress = RenderProgress(recipe: recipe)
    _ = progress.receive(step(1, .highNoiseExpert), at: 1)
    let line = ProgressLine(
      progress: progress, style: TerminalStyle(hasColour: false, hasUnicode: false), memory: 1_000_000)
    #expect(line.text(columns: columns, now: 2).count <= max(columns - 1, 0))
    #expect(!line.text(columns: columns, now: 2).contains { !$0.isASCII })
  }

  @Test func colourAndUnicodeFollowTheEnvironment() {
    #expect(TerminalStyle(["NO_COLOR": "1", "LANG": "C"]) == TerminalStyle(hasColour: false, hasUnicode: false))
    #expect(TerminalStyle(["LANG": "de_DE.UTF-8"]) == TerminalStyle(hasColour: true, hasUnicode: true))
    #expect(TerminalStyle(["LC_ALL": "C", "LANG": "de_DE.UTF-8"]).hasUnicode == false)
  }
}
