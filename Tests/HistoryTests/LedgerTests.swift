import Foundation
import GRDB
import Rendering
import Testing

@testable import History

@Suite struct LedgerTests {
  /// Decomposed and composed, right to left, joiners, controls, quotes, NUL, not a character: none of it changes.
  @Test(arguments: [
    "plain", "红色的星星，同上", "👩‍👩‍👧‍👦 🌟\u{FE0F} 🇪🇸", "e\u{301} é", "\u{202E}شمس", "a\0b\u{1B}[31m\r\n\tc", "\"'\\/ %_*",
    "\u{FFFF}\u{E000}\u{200B}", "  spaces  ",
  ])
  func whatWasTypedIsStoredByteForByte(text: String) async throws {
    try await withLedger { ledger in
      var asked = recipe(text, model: text, seed: .max)
      asked.negativePrompt = text
      let added = try await ledger.add([NewJob(asked)])
      try await ledger.setNotes(added[0].id, text)
      let job = try #require(try await ledger.job(added[0].id))
      #expect(Array(job.recipe.prompt.utf8) == Array(text.utf8))
      #expect(Array(job.recipe.negativePrompt.utf8) == Array(text.utf8))
      #expect(Array(job.recipe.model.utf8) == Array(text.utf8))
      #expect(Array(job.notes.utf8) == Array(text.utf8))
      #expect(job.recipe == asked)
    }
  }

  @Test func aJobKeepsEverythingThatIsKnown() async throws {
    try await withLedger { ledger in
      let first = try await ledger.addDone(recipe("a star"), total: 12.5, peak: 77)
      let thumbnail = Thumbnail(frames: [Frame(width: 1, height: 1, rgb: [255, 0, 0])], framesPerSecond: 4)
      let job = try await ledger.begin(NewJob(recipe("a ball"), parent: first))
      #expect(job.state == .running && job.parent == first && job.startedAt == job.createdAt)
      let progress = JobProgress(stage: .denoise, done: 3, total: 20, component: .lowNoiseExpert, sigma: 0.5)
      #expect(try await ledger.report(progress, of: job.id, preview: thumbnail) == false)
      #expect(try await ledger.job(job.id)?.progress == progress)
      #expect(try await ledger.thumbnail(job.id) == thumbnail)
      let failure = Job.Failure(RenderError(.numerics, "NaN", remedy: "use reference"))
      try await ledger.finish(job.id, .failed(failure), warnings: ["hot", "loud"])
      let failed = try #require(try await ledger.job(job.id))
      #expect(failed.state == .failed && failed.failure == failure && failed.warnings == ["hot", "loud"])
      #expect(failed.progress == progress && failed.result == nil)
      #expect(failed.finishedAt.map { $0 > job.createdAt } == true)
      let done = try #require(try await ledger.job(first))
      #expect(done.state == .done && done.failure == nil && done.recipe.modelFingerprint == "f00d")
      #expect(done.result?.seconds.total == 12.5 && done.result?.peakRSSBytes == 77 && done.result?.clipBytes == 5)
      #expect(try await ledger.totals() == [.done: 1, .failed: 1])
    }
  }

  @Test func deletingCanBeUndoneUntilItIsPurged() async throws {
    let clock = TestClock()
    try await withLedger(clock: clock) { ledger in
      let ids = [try await ledger.addDone(recipe("a star")), try await ledger.addDone(recipe("a ball"))]
      let running = try await ledger.begin(NewJob(recipe("a cube"))).id
      #expect(try await ledger.delete(ids + [running]) == ids)
      #expect(try await ledger.page(JobQuery()).jobs.map(\.id) == [running])
      #expect(try await ledger.job(ids[0]) == nil)
      try await ledger.restore([ids[0]])
      #expect(try await ledger.page(JobQuery(filter: JobFilter("star"))).jobs.map(\.id) == [ids[0]])
      #expect(try await ledger.purge(deletedBefore: Date(timeIntervalSince1970: 0)).isEmpty)
      #expect(try await ledger.purge(deletedBefore: clock.advance(by: 60)) == ["renders/a.mp4"])
      try await ledger.restore(ids)
      #expect(try await ledger.page(JobQuery()).jobs.map(\.id) == [running, ids[0]])
      #expect(try await ledger.count(JobFilter("ball")) == 0)
    }
  }

  @Test func tagsNotesAndFavouritesAreKeptAndFound() async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add([NewJob(recipe("a star")), NewJob(recipe("a ball"))]).map(\.id)
      try await ledger.setTags(ids[0], [" Keep ", "keep", "红色", ""])
      try await ledger.setTags(ids[1], ["Keep"])
      try await ledger.setNotes(ids[1], "lovely light")
      try await ledger.setFavourite(ids[1], true)
      #expect(try await ledger.job(ids[0])?.tags == ["Keep", "红色"])
      #expect(try await ledger.tags() == ["Keep", "红色"])
      #expect(try await found("tag:keep", ledger) == [ids[1], ids[0]])
      #expect(try await found("红", ledger) == [ids[0]])
      #expect(try await found("lovely", ledger) == [ids[1]])
      #expect(try await found("is:favourite", ledger) == [ids[1]])
      try await ledger.setNotes(ids[1], "")
      try await ledger.setTags(ids[0], [])
      try await ledger.setFavourite(ids[1], false)
      for text in ["lovely", "红", "is:favourite"] { #expect(try await found(text, ledger) == []) }
    }
  }

  private func found(_ text: String, _ ledger: Ledger) async throws -> [Job.ID] {
    try await ledger.page(JobQuery(filter: JobFilter(text))).jobs.map(\.id)
  }

  @Test func aBatchIsAContactSheet() async throws {
    try await withLedger { ledger in
      let sweep = Variations.sweep(.shift, [3, 5, 8])
      let jobs = try await ledger.add(sweep.recipes(from: recipe("a star")).map { NewJob($0) }, as: sweep)
      let id = try #require(jobs[0].batch)
      try await ledger.setFavourite(jobs[2].id, true)
      try await ledger.delete([jobs[1].id])
      let batch = try #require(try await ledger.batch(id))
      #expect(batch.variations == sweep)
      #expect(batch.jobs.map(\.recipe.shift) == [3, 8])
      #expect(batch.keepers.map(\.id) == [jobs[2].id])
      #expect(try await ledger.page(JobQuery(filter: JobFilter("batch:\(id)"))).jobs.count == 2)
      #expect(try await ledger.batch(id + 1) == nil)
    }
  }

  @Test func thePaceIsKnownFromRendersAlikeOnly() async throws {
    try await withLedger { ledger in
      #expect(try await ledger.pace(recipe("a star")) == nil)
      for denoise in [10.0, 20, 30] { _ = try await ledger.addDone(recipe("a star"), denoise: denoise, total: 40) }
      #expect(
        try await ledger.pace(recipe("a ball")) == PastPace(secondsPerStep: 1, otherSeconds: 20, renders: 3))
      #expect(try await ledger.pace(recipe("a star", model: "other")) == nil)
      var single = recipe("a star")
      single.guidance = Guidance(high: 1, low: 1)
      #expect(try await ledger.pace(single) == nil)
    }
  }

  @Test func aDamagedRowDoesNotHideThePage() async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add([NewJob(recipe("a star")), NewJob(recipe("a ball"))]).map(\.id)
      try await ledger.write {
        try $0.execute(sql: "UPDATE detail SET recipe = '{}' WHERE job_id = ?", arguments: [ids[0]])
      }
      let jobs = try await ledger.page(JobQuery()).jobs
      #expect(jobs.map(\.id) == [ids[1], ids[0]])
      #expect(jobs[1].failure?.sentence.contains("damaged") == true)
    }
  }

  /// SQLite keeps anything in any column.
  @Test(arguments: ["created_at", "started_at", "finished_at", "state", "is_favourite", "is_cancelling", "batch_place"])
  func anythingInAColumnDoesNotHideThePage(_ column: String) async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add([NewJob(recipe("a star")), NewJob(recipe("a ball"))]).map(\.id)
      for value in ["'x'", "x'ff00'", "1.5", "9.3e18", "-9223372036854775808", "9223372036854775807", "''"] {
        try await ledger.write { try $0.execute(sql: "UPDATE job SET \(column) = \(value) WHERE id = \(ids[0])") }
        #expect(try await ledger.page(JobQuery()).jobs.map(\.id) == [ids[1], ids[0]])
        _ = try await (ledger.totals(), ledger.queue(), ledger.job(ids[0]))
      }
    }
  }

  @Test(arguments: ["result", "notes", "warnings", "failure"])
  func aColumnThatIsMissingIsNoEndOfTheProgram(_ column: String) async throws {
    try await withLedger { ledger in
      let ids = try await ledger.add([NewJob(recipe("a star"))]).map(\.id)
      try await ledger.write { try $0.execute(sql: "ALTER TABLE detail RENAME COLUMN \(column) TO other") }
      #expect(try await ledger.page(JobQuery()).jobs.map(\.id) == ids)
      let error = #expect(throws: RenderError.self) { try Ledger.checkIntegrity(of: ledger.file) }
      #expect(error?.what.contains("there is no detail.\(column)") == true)
    }
  }
}
