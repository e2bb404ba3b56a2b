import Foundation
import Rendering
import Terminal
import Testing

@testable import Studio

/// A key becomes cells well within a frame. The limits are for debug builds on a busy machine.
struct SpeedTests {
  private func seconds(_ count: Int, _ body: (Int) -> Void) -> Double {
    let time = ContinuousClock().measure { for index in 0..<count { body(index) } }
    return Double(time.components.seconds) / Double(count) + Double(time.components.attoseconds) * 1e-18 / Double(count)
  }

  @Test func aKeyAndItsPictureTakeMilliseconds() {
    var state = Samples.composing(120, 34)
    let typing = seconds(20) { index in
      _ = update(&state, .input(.key(.character(index % 5 == 0 ? " " : "a"))))
      _ = StudioView.draw(state)
    }
    #expect(typing < 0.1, "\(typing) s a key")
  }

  @Test func aLongListIsDrawnByWhatIsSeen() {
    var state = Samples.browsing(120, 34)
    let jobs = (1...2000).map { Samples.job(Int64($0), .done) }
    _ = update(
      &state, .page(JobPage(jobs: jobs, next: nil), isContinued: false, question: state.history.queried.value))
    let moving = seconds(20) { _ in
      _ = update(&state, .input(.key(Key(.down))))
      _ = StudioView.draw(state)
    }
    #expect(moving < 0.1, "\(moving) s a key")
  }
}
