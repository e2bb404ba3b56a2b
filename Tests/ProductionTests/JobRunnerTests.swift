import FakeEngine
import Foundation
import History
import Media
import Rendering
import Synchronization
import Testing

@testable import Production

@Suite(.timeLimit(.minutes(2))) struct JobRunnerTests {
  @Test func theQueueBecomesClips() async throws {
    try await withStudio { studio in
      let ids = try await studio.add("A yellow star, over the sea", "红色的星星")
      try await studio.drain(studio.runner())
      for id in ids {
        let job = try #require(try await studio.ledger.job(id))
        let result = try #require(job.result)
        #expect(job.state == .done && job.progress == nil && job.failure == nil)
        #expect(job.recipe.modelFingerprint == "fake")
        #expect(result.clipBytes > 1000 && result.framesSHA256.count == 64 && result.seconds.denoise == 1.5)
        #expect(try ClipMetadata.recipe(of: result.clip) == job.recipe)
        let thumbnail = try #require(try await studio.ledger.thumbnail(id))
        #expect(thumbnail.frames.count == 8 && thumbnail.frames[0].width == 48)
      }
      let month = try #require(try studio.clips().first?.prefix(7))
      #expect(try studio.clips() == ["\(month)/1-a-yellow-star-over-the-sea.mp4", "\(month)/2-红色的星星.mp4"])
    }
  }

  @Test func oneFailureDoesNotStopTheQueue() async throws {
    try await withStudio { studio in
      let ids = try await studio.add("a", "b")
      struct Strange: Error {}
      let runner = JobRunner(
        studio.ledger, into: studio.place, explaining: { _ in Job.Failure(code: .badModel, what: "no such model") }
      ) { recipe in
        if recipe.prompt == "a" { throw Strange() }
        return FakeEngine()
      }
      try await studio.drain(runner)
      let failed = try await studio.ledger.job(ids[0])
      #expect(failed?.state == .failed && failed?.failure?.sentence == "no such model")
      #expect(try await studio.ledger.job(ids[1])?.state == .done)
    }
  }

  @Test func aFailureKeepsWhereItWas() async throws {
    try await withStudio { studio in
      let id = try await studio.add("a", steps: 5)[0]
      var engine = FakeEngine()
      engine.failure = (RenderError(.numerics, "NaN in step 4", remedy: "verify the model"), atStep: 4)
      try await studio.drain(studio.runner(engine))
      let job = try #require(try await studio.ledger.job(id))
      #expect(job.state == .failed)
      #expect(job.failure == Job.Failure(code: .numerics, what: "NaN in step 4", remedy: "verify the model"))
      #expect(job.progress?.stage == .denoise && job.progress?.done == 3 && job.progress?.total == 5)
      #expect(try studio.clips().isEmpty)
    }
  }

  @Test func aJobIsCancelledFromAnotherStudio() async throws {
    try await withStudio { studio in
      let id = try await studio.add("a", steps: 1000)[0]
      var engine = FakeEngine()
      engine.pause = 0.02
      let runner = studio.runner(engine)
      let running = Task { await runner.run { _ in } }
      let other = try Ledger(at: studio.ledger.file)
      try await studio.wait { try await other.job(id)?.progress?.stage == .denoise }
      try await other.cancel(id)
      try await studio.wait { try await other.job(id)?.state == .cancelled }
      runner.retire()
      await running.value
      #expect(try studio.clips().isEmpty)
      #expect(try await other.job(id)?.failure == nil)
    }
  }

  @Test func quittingCancelsTheJobAtHandAndWritesThatDown() async throws {
    try await withStudio { studio in
      let ids = try await studio.add("a", "b", steps: 1000)
      var engine = FakeEngine()
      engine.pause = 0.02
      let runner = studio.runner(engine)
      let running = Task { await runner.run { _ in } }
      try await studio.wait { try await studio.ledger.job(ids[0])?.progress?.stage == .denoise }
      running.cancel()
      await running.value
      #expect(try await studio.ledger.job(ids[0])?.state == .cancelled)
      #expect(try await studio.ledger.job(ids[1])?.state == .queued)
    }
  }

  @Test func aRunnerThatWaitsNoticesANewJob() async throws {
    try await withStudio { studio in
      let runner = studio.runner()
      let running = Task { await runner.run { _ in } }
      try await Task.sleep(for: .milliseconds(200))
      let other = try Ledger(at: studio.ledger.file)
      let id = try await other.add([NewJob(studio.recipe("late"))])[0].id
      try await studio.wait { try await other.job(id)?.state == .done }
      runner.retire()
      await running.value
    }
  }

  @Test func whatWasDeletedLongAgoGoesWithItsClip() async throws {
    try await withStudio { studio in
      let ids = try await studio.add("a", "b")
      try await studio.drain(studio.runner())
      try await studio.ledger.delete([ids[0]])
      try await JobRunner.tidy(studio.ledger, studio.place)
      #expect(try studio.clips().count == 2)
      try await JobRunner.tidy(studio.ledger, studio.place, now: Date(timeIntervalSinceNow: 8 * 86400))
      #expect(try studio.clips().map { $0.dropFirst(8) } == ["2-b.mp4"])
      #expect(!studio.place.holds("/elsewhere/a.mp4"))
      #expect(!studio.place.holds(studio.renders.path + "/../library.sqlite"))
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct TwoStudiosTests {
  @Test func noJobRunsTwice() async throws {
    try await withStudio { studio in
      let ids = try await studio.ledger.add((0..<8).map { NewJob(studio.recipe("job \($0)")) }).map(\.id)
      let children = try (0..<2).map { _ in try studio.startChild() }
      for child in children { try child.run() }
      try await studio.wait { try await studio.ledger.queue().isEmpty }
      for child in children { child.signal(SIGHUP) }
      #expect(children.map { $0.wait() } == [0, 0])
      #expect(children.flatMap(\.started).sorted() == ids)
      #expect(try await studio.ledger.totals() == [.done: 8])
      #expect(try studio.clips().count == 8)
    }
  }

  @Test func aKilledStudiosJobIsInterruptedAndTheQueueGoesOn() async throws {
    try await withStudio { studio in
      let ids = try await studio.add("long", "next", steps: 900)
      let child = try studio.startChild()
      try child.step()
      try await studio.wait { try await studio.ledger.job(ids[0])?.progress?.stage == .denoise }
      child.signal(SIGKILL)
      #expect(child.wait() == -SIGKILL)
      #expect(try await studio.ledger.job(ids[0])?.state == .running)
      #expect(try studio.clips().count == 1, "what it was writing")
      try await studio.drain(studio.runner())
      let lost = try #require(try await studio.ledger.job(ids[0]))
      #expect(lost.state == .interrupted && lost.result == nil)
      #expect(lost.failure?.what.contains("of 900") == true)
      #expect(try await studio.ledger.job(ids[1])?.state == .done)
      #expect(try studio.clips().map { $0.dropFirst(8) } == ["2-next.mp4"])
    }
  }

  /// The terminal is closed while a job renders: it goes on to its end, a studio that is started meanwhile sees how
  /// far it is and takes over the queue.
  @Test func afterAHangupTheRenderGoesOnAndAnotherStudioTakesOver() async throws {
    try await withStudio { studio in
      let ids = try await studio.add("long", "next", steps: 900)
      let child = try studio.startChild()
      try child.step()
      try await studio.wait { try await studio.ledger.job(ids[0])?.progress?.stage == .denoise }
      child.signal(SIGHUP)
      let runner = studio.runner()
      let waits = Mutex(false)
      let running = Task {
        await runner.run { event in
          if case .waiting(let other) = event, other.id == ids[0] { waits.withLock { $0 = true } }
        }
      }
      let before = try await studio.ledger.job(ids[0])?.progress?.done ?? 0
      try await studio.wait {
        try child.step()
        return try await (studio.ledger.job(ids[0])?.progress?.done ?? 0) > before
      }
      // Before the line that blocks a thread of few: the runner needs one to look.
      try await studio.wait { waits.withLock { $0 } }
      try child.run()
      #expect(child.wait() == 0)
      #expect(child.started == [ids[0]])
      try await studio.wait { try await studio.ledger.queue().isEmpty }
      runner.retire()
      await running.value
      #expect(waits.withLock { $0 })
      #expect(try await studio.ledger.totals() == [.done: 2])
    }
  }
}
