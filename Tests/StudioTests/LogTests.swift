import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// The log of a job, over the history.
struct LogTests {
  @Test func xAsksForTheLogOfTheSelectedJob() throws {
    var state = Samples.browsing(120, 34, selection: 2)
    let job = try #require(state.history.selected)
    #expect(update(&state, .input(.key(.character("x")))) == [.readLog(job.id)])
  }

  @Test func theLogOpensAtItsEndAndScrollsAsFarAsItsFirstLine() {
    var state = Samples.browsing(80, 24)
    let lines = (1...60).map { "2026-01-01T00:00:00Z info #7 line \($0)." }
    _ = update(&state, .log(7, lines))
    #expect(StudioView.draw(state).grid.text.contains("line 60."))
    for _ in 0..<100 { _ = update(&state, .input(.key(Key(.pageUp)))) }
    let text = StudioView.draw(state).grid.text
    #expect(text.contains("line 1."))
    #expect(!text.contains("line 60."))
    _ = update(&state, .input(.key(Key(.escape))))
    #expect(state.layers.isEmpty)
  }

  @Test func aLogWithoutALineIsSaid() {
    var state = Samples.browsing(80, 24)
    _ = update(&state, .log(7, []))
    #expect(state.layers.isEmpty)
    #expect(state.notice?.text.en == "the log says nothing about #7")
  }
}

/// The contact sheet moves, for some rounds.
struct ContactSheetTests {
  @Test func itPlaysSomeRoundsAndThenRests() throws {
    var state = Samples.browsing(120, 34)
    let jobs = [Int64(50), 51].map { Job(id: $0, recipe: Samples.recipe, createdAt: Samples.now) }
    _ = update(&state, .batch(Batch(id: 3, variations: .seeds([1, 2]), createdAt: Samples.now, jobs: jobs)))
    let frames = (0..<4).map { Frame(width: 2, height: 2, rgb: [UInt8](repeating: UInt8($0 * 60), count: 12)) }
    _ = update(&state, .thumbnail(51, Thumbnail(frames: frames, framesPerSecond: 4)))
    let first = try #require(StudioView.draw(state).grid.pictures.first { $0.id == 152 })
    var ticks = 0
    while state.secondsToNextTick != nil, ticks < 100 {
      _ = update(&state, .tick)
      ticks += 1
    }
    #expect(ticks == 4 * HistoryState.rounds)
    _ = update(&state, .batch(Batch(id: 3, variations: .seeds([1, 2]), createdAt: Samples.now, jobs: jobs)))
    #expect(StudioView.draw(state).grid.pictures.first { $0.id == 152 } == first)
  }
}
