import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// What a studio makes of the terminal and the configuration that it finds.
struct StartTests {
  @Test func whereOnlyASCIICanBeDrawnEnglishIsWritten() {
    var state = Samples.composing(120, 34, .zh)
    state.compose.load(Samples.slots, &state.killed)
    _ = state.promptChanged()
    state.queue.jobs = []
    state.useASCIIOnly()
    #expect(state.options.language == .en && state.options.isASCII)
    let text = StudioView.draw(state).grid.text
    #expect(!text.contains { $0.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } })
    // Nor can it be switched on.
    #expect(state.whyDisabled(.switchLanguage) != nil)
    _ = state.perform(.switchLanguage)
    #expect(state.options.language == .en)
    state.options.isASCII = false
    #expect(state.whyDisabled(.switchLanguage) == nil)
  }

  @Test func severalProblemsAreCounted() {
    #expect(Notice.problems([]) == nil)
    let one = Bilingual("a", "甲")
    #expect(Notice.problems([one]) == Notice(.bad, one))
    let two = Notice.problems([one, Bilingual("b", "乙")])
    #expect(two?.text.en == "2 problems (moviola doctor lists them): a" && two?.text.zh.hasPrefix("2 个问题") == true)
  }

  @Test func commandsAreFoundByOtherWordsAndTheFilterCanBeCleared() {
    var state = Samples.composing(110, 30)
    _ = update(&state, .input(.key(.control("p"))))
    _ = update(&state, .input(.paste("cancel")))
    guard case .palette(let menu)? = state.layers.last else { return #expect(Bool(false)) }
    #expect(state.paletteEntries(menu).map(\.binding.action).contains(.cancelRender))
    _ = update(&state, .input(.key(.control("u"))))
    #expect(state.layers.count == 1 && state.focusedText?.text == "")
  }

  @Test func remediesSpeakOfSettings() {
    #expect(RenderText.settings("what fits: --frames 9 or --size 64x64") == "what fits: frames 9 or size 64x64")
    #expect(RenderText.settings("--max-memory 8GiB") == "--max-memory 8GiB")
  }

  @Test func aLineThatGoesOnBeginsWithAWord() {
    let lines = Wrapping.lines("一二三四 red ball", width: 8)
    #expect(lines.count > 1 && lines.dropFirst().allSatisfy { !$0.hasPrefix(" ") })
  }

  @Test func unknownMemoryIsADash() {
    var state = Samples.state(80, 24)
    var job = Samples.job(9, .running)
    job.progress = JobProgress(stage: .denoise, done: 3, total: 20, residentBytes: 0)
    _ = update(&state, .queue([job]))
    _ = update(&state, .memory(MemoryReading(engineBytes: 5, usedRAMBytes: nil, totalRAMBytes: nil)))
    #expect(StudioView.draw(state).grid.text.contains("memory —"))
  }

  @Test func hintsWithoutAKeySayWhenTheyGetOne() {
    var state = Samples.state(200, 60)
    state.compose[.subject] = TextEditor("a red ball")
    state.refreshHints()
    #expect(state.compose.hints.flatMap(\.fixes).count > 3)
    #expect(StudioView.draw(state).grid.text.contains("keys for this come once the hints above are settled"))
  }
}
