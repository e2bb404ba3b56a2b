import Prompting
import Rendering
import Terminal
import Testing

@testable import Studio

/// The queue moves by itself; what a key does to it is meant for the job that is marked.
struct QueueTests {
  private func waiting() -> StudioState {
    var state = Samples.composing(120, 34)
    for key in [Key.function(4), Key(.down)] { _ = update(&state, .input(.key(key))) }
    return state
  }

  @Test func theMarkerStaysOnItsJob() {
    var state = waiting()
    #expect(state.queue.selected?.id == 43)
    _ = update(&state, .queue([Samples.job(43, .queued), Samples.job(44, .queued)]))
    #expect(state.queue.selected?.id == 43)
    #expect(update(&state, .input(.key(.character("d")))) == [.cancel(43)])
    #expect(state.notice?.text.en == "#43 was taken out of the queue")
  }

  @Test func theMarkerOfAJobThatIsGoneStaysInTheList() {
    var state = waiting()
    _ = update(&state, .input(.key(Key(.end))))
    _ = update(&state, .queue([Samples.job(43, .queued)]))
    #expect(state.queue.selected?.id == 43)
    _ = update(&state, .queue([]))
    #expect(state.queue.selected == nil && update(&state, .input(.key(.character("d")))) == [])
  }
}
