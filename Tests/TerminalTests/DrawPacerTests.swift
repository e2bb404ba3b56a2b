import Testing

@testable import Terminal

@Suite struct DrawPacerTests {
  private let start = ContinuousClock.now

  @Test func theFirstScreenIsDrawnAtOnce() {
    #expect(DrawPacer().isDue(at: start))
  }

  @Test func whatHappensByItselfWaitsForTheNextPicture() {
    var pacer = DrawPacer()
    pacer.drawn(at: start)
    #expect(!pacer.isDue(at: start + .seconds(9)))
    #expect(pacer.deadline == nil)
    pacer.wait()
    #expect(!pacer.isDue(at: start + .milliseconds(100)))
    #expect(pacer.deadline == start + DrawPacer.pause)
    #expect(pacer.isDue(at: start + DrawPacer.pause))
  }

  @Test func aKeyIsShownAtOnceAndTakesAlongWhatWaits() {
    var pacer = DrawPacer()
    pacer.drawn(at: start)
    pacer.wait()
    pacer.hurry()
    #expect(pacer.isDue(at: start + .milliseconds(1)))
    pacer.wait()
    #expect(pacer.isDue(at: start + .milliseconds(1)))
    pacer.drawn(at: start + .milliseconds(1))
    #expect(!pacer.isDue(at: start + .seconds(1)))
  }
}
