import Prompting
import Rendering
import Synchronization
import Testing

@testable import Studio

struct EffectRunnerTests {
  /// A world in which nothing is there and every count takes a while.
  private static func world(slow: Duration = .zero, pageError: RenderError? = nil) -> StudioWorld {
    let ledger = JobLedger(
      page: { _ in
        if let pageError { throw pageError }
        return JobPage(jobs: [], next: nil)
      },
      count: { _ in 0 }, totals: { [:] }, job: { _ in nil }, queue: { [] }, thumbnail: { _ in nil },
      batch: { _ in nil },
      tags: { [] }, pace: { _ in nil },
      add: { jobs, _ in
        jobs.enumerated().map { Job(id: Int64($0.offset + 1), recipe: $0.element.recipe, createdAt: Samples.now) }
      },
      cancel: { _ in }, delete: { $0 }, restore: { _ in }, setFavourite: { _, _ in }, setTags: { _, _ in },
      setNotes: { _, _ in }, changes: { AsyncStream { $0.finish() } })
    return StudioWorld(
      ledger: ledger, plan: { _ in PlanReport(plan: nil, verdict: .fits) },
      countTokens: { text, _ in
        try? await Task.sleep(for: slow)
        return text.count
      }, findModels: { [] }, openModel: { _ in throw RenderError(.badModel, "no such model") },
      readMemory: { MemoryReading(engineBytes: nil, usedRAMBytes: nil, totalRAMBytes: nil) },
      openFile: { Notice(.good, $0, $0) }, saveDraft: { _ in },
      readLog: { ["2026-01-01T00:00:00Z info #\($0) begins"] }, queueGrew: {})
  }

  /// The first messages that come.
  private func messages(_ count: Int, _ world: StudioWorld, _ effects: Effect...) async -> [Message] {
    let (stream, inbox) = AsyncStream<Message>.makeStream()
    let runner = EffectRunner(world) { inbox.yield($0) }
    for effect in effects { runner.run(effect) }
    var messages: [Message] = []
    for await message in stream.prefix(count) { messages.append(message) }
    return messages
  }

  @Test func aNewQuestionCancelsTheOlderOne() async {
    let world = Self.world(slow: .milliseconds(30))
    let got = await messages(
      1, world, .countTokens("a", model: "m", question: 1), .countTokens("ab", model: "m", question: 2),
      .countTokens("abc", model: "m", question: 3))
    guard case .counted(let tokens, let text, let question) = got[0] else { return #expect(Bool(false), "\(got)") }
    #expect((tokens, text, question) == (3, "abc", 3))
  }

  @Test func aJobWhoseModelCannotBeOpenedIsToldByName() async {
    let job = Samples.job(39, .done)
    let got = await messages(1, Self.world(), .openModel(job.recipe.modelReference, loading: job))
    guard case .notLoaded(job, "no such model") = got[0] else { return #expect(Bool(false), "\(got)") }
  }

  @Test func errorsBecomeSentences() async {
    let world = Self.world(pageError: RenderError(.inputOutput, "the disk is gone", remedy: "plug it in"))
    let got = await messages(1, world, .findPage(JobQuery(), question: 1))
    guard case .notice(let notice) = got[0] else { return #expect(Bool(false), "\(got)") }
    #expect(notice.text.en == "the disk is gone; plug it in")
  }

  @Test func aVerificationTellsItsProgressAndCanBeStopped() async {
    var world = Self.world()
    world.verifyModel = { _, progress in
      progress(1, 2)
      return ["wrong"]
    }
    let id = ModelReference("m")
    let got = await messages(2, world, .verifyModel(id, question: 3))
    guard case .verifying(1, 2, 3) = got[0], case .verified(["wrong"], 3) = got[1] else {
      return #expect(Bool(false), "\(got)")
    }
    // Errors are what is wrong too.
    world.verifyModel = { _, _ in throw RenderError(.inputOutput, "the disk is full") }
    guard case .verified(["the disk is full"], 4) = await messages(1, world, .verifyModel(id, question: 4))[0] else {
      return #expect(Bool(false))
    }
    let (stopped, tell) = AsyncStream<Void>.makeStream()
    world.verifyModel = { _, _ in
      try? await Task.sleep(for: .seconds(60))
      tell.finish()
      return []
    }
    let runner = EffectRunner(world) { _ in }
    runner.run(.verifyModel(id, question: 5))
    runner.run(.stopVerifying)
    for await _ in stopped {}
  }

  @Test func enqueuedJobsComeBackWithNumbers() async {
    let got = await messages(1, Self.world(), .enqueue([NewJob(Samples.recipe)], nil))
    guard case .enqueued(let jobs) = got[0] else { return #expect(Bool(false), "\(got)") }
    #expect(jobs.map(\.id) == [1])
  }
}
