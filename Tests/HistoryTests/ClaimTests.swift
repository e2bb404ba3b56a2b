import Foundation
import Rendering
import Testing

@testable import History

@Suite struct ClaimTests {
  /// A process that has ended: its id may be in use again, its start is not.
  private let gone = ProcessOwner(
    pid: ProcessOwner.current.pid, startedAtTick: ProcessOwner.current.startedAtTick + 1,
    boot: ProcessOwner.current.boot, namespace: ProcessOwner.current.namespace, host: ProcessOwner.current.host)

  @Test func oneAtATimeInTheOrderOfTheQueue() async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add([NewJob(recipe("1")), NewJob(recipe("2")), NewJob(recipe("3"))]).map(\.id)
      try await ledger.delete([ids[1]])
      guard case .job(let first) = try await ledger.claim() else { throw RenderError(.badRecipe, "no job") }
      #expect(first.id == ids[0] && first.state == .running && first.startedAt != nil)
      #expect(try await ledger.claim() == .busy(first))
      #expect(try await ledger.queue().map(\.id) == [ids[0], ids[2]])
      try await ledger.finish(first.id, .cancelled)
      guard case .job(let next) = try await ledger.claim() else { throw RenderError(.badRecipe, "no job") }
      #expect(next.id == ids[2])
      try await ledger.finish(next.id, .cancelled)
      #expect(try await ledger.claim() == .nothing)
    }
  }

  /// Two studios, each with its own connections, ask at the same time for as long as there is work.
  @Test func noJobRunsTwice() async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add((0..<30).map { NewJob(recipe("\($0)")) }).map(\.id)
      let other = try Ledger(at: ledger.file)
      let claimed = try await withThrowingTaskGroup(of: [Job.ID].self) { group in
        for ledger in [ledger, other, ledger, other] { group.addTask { try await Self.work(ledger) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(claimed.sorted() == ids)
      #expect(try await ledger.totals() == [.done: 30])
    }
  }

  private static func work(_ ledger: Ledger) async throws -> [Job.ID] {
    var claimed: [Job.ID] = []
    while true {
      switch try await ledger.claim() {
      case .nothing: return claimed
      case .busy: await Task.yield()
      case .job(let job):
        claimed.append(job.id)
        try await ledger.finish(job.id, .done(render(job.recipe), clipBytes: 1))
      }
    }
  }

  @Test func theJobOfADeadProcessIsInterruptedNeverDone() async throws {
    try await withLedger { ledger in
      let lost = try await ledger.begin(NewJob(recipe("lost")), for: gone).id
      _ = try await ledger.report(JobProgress(stage: .denoise, done: 9, total: 20), of: lost)
      let next = try await ledger.add([NewJob(recipe("next"))])[0].id
      guard case .job(let job) = try await ledger.claim() else { throw RenderError(.badRecipe, "no job") }
      #expect(job.id == next)
      let interrupted = try #require(try await ledger.job(lost))
      #expect(interrupted.state == .interrupted && interrupted.result == nil)
      #expect(interrupted.failure?.what.contains("at step 9 of 20") == true)
      #expect(interrupted.progress?.done == 9)
      #expect(try await ledger.interruptAbandoned() == [])
    }
  }

  /// Given up too early (the machine slept): the clip has been checked, so it is known now.
  @Test func aCheckedClipCountsEvenWhenTheJobHadBeenGivenUp() async throws {
    try await withLedger { ledger in
      let id = try await ledger.begin(NewJob(recipe("a")), for: gone).id
      #expect(try await ledger.interruptAbandoned().map(\.id) == [id])
      try await ledger.finish(id, .done(render(recipe("a")), clipBytes: 1))
      let job = try #require(try await ledger.job(id))
      #expect(job.state == .done && job.failure == nil && job.result != nil)
    }
  }

  @Test func cancellingAsksARunningJobAndEndsAWaitingOne() async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add([NewJob(recipe("1")), NewJob(recipe("2"))]).map(\.id)
      _ = try await ledger.claim()
      for id in ids { try await ledger.cancel(id) }
      #expect(try await ledger.job(ids[0])?.state == .running)
      #expect(try await ledger.job(ids[0])?.isCancelling == true)
      #expect(try await ledger.job(ids[1])?.state == .cancelled)
      #expect(try await ledger.report(JobProgress(), of: ids[0]))
      try await ledger.finish(ids[0], .cancelled)
      try await ledger.cancel(ids[0])
      let ended = try #require(try await ledger.job(ids[0]))
      #expect(ended.state == .cancelled && !ended.isCancelling)
    }
  }

  @Test func anOwnerIsAliveOrNot() {
    let me = ProcessOwner.current
    let now = Date()
    func sees(_ change: (inout ProcessOwner) -> Void, beatAgo: TimeInterval = 0) -> Bool {
      var owner = me
      change(&owner)
      return owner.isAlive(seenBy: me, lastBeat: now.addingTimeInterval(-beatAgo), now: now)
    }
    #expect(me.startedAtTick > 0 && !me.boot.isEmpty && !me.namespace.isEmpty)
    #expect(sees({ _ in }, beatAgo: 1e6))
    #expect(!sees { $0.startedAtTick += 1 })
    #expect(!sees { $0.pid = .max })
    #expect(!sees { $0.boot = "before" })
    #expect(
      sees(
        {
          $0.host = "else"
          $0.boot = "other"
        }, beatAgo: 100))
    #expect(
      !sees(
        {
          $0.host = "else"
          $0.boot = "other"
        }, beatAgo: 121))
    #expect(sees({ $0.namespace = "container" }, beatAgo: 100))
    #expect(!sees({ $0.namespace = "container" }, beatAgo: 121))
  }

  @Test func theKernelsLineIsRead() {
    let tail = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 19 20"
    #expect(ProcessOwner.startTick(inStatus: "12 (a (b) c) S " + tail) == 777)
    #expect(ProcessOwner.startTick(inStatus: "12 (a) Z " + tail) == nil)
    #expect(ProcessOwner.startTick(inStatus: "") == nil)
  }
}
