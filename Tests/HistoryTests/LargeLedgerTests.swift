import Foundation
import GRDB
import Rendering
import Testing

@testable import History

/// Many jobs: 5,000, or as many as `MOVIOLA_JOBS` says (100,000 for the figures in the README). Times are printed, in
/// units of reading one job by its number; what is asserted is how SQLite goes about it.
@Suite(.serialized) struct LargeLedgerTests {
  private static let filters = [
    "", "s", "star", "star !snow", "!snow", "\"red star\"", "nothing", "model:nano", "model:none", "state:failed",
    "state:done,failed",
    "state:done", "seed:7", "seed:123456", "after:2026-11-01", "is:favourite", "steps:99", "tag:keep",
    "star state:failed",
  ]

  @Test func manyJobs() async throws {
    let count = ProcessInfo.processInfo.environment["MOVIOLA_JOBS"].flatMap { Int($0) } ?? 5000
    try await withLedger { ledger in
      try await fill(ledger, count)
      let unit = try await time { _ = try await ledger.job(Job.ID(count / 2)) }
      print("\(count) jobs; one job by its number is 1 (\(Self.milliseconds(unit)) ms)")
      let opening = try await time { _ = try await Ledger(at: ledger.file).page(JobQuery()) }
      print("  opened, first page: \(Self.ratio(opening, unit)) (\(Self.milliseconds(opening)) ms)")
      let totals = try await time { _ = try await ledger.totals() }
      print("  totals: \(Self.ratio(totals, unit)) (\(Self.milliseconds(totals)) ms)")
      for sort in JobSort.allCases {
        let page = try await time { _ = try await ledger.page(JobQuery(sort: sort)) }
        print("  \(sort.rawValue): \(Self.ratio(page, unit)) (\(Self.milliseconds(page)) ms)")
      }
      for text in Self.filters {
        let filter = JobFilter(text)
        let page = try await time { _ = try await ledger.page(JobQuery(filter: filter)) }
        let count = try await time { _ = try await ledger.count(filter) }
        print(
          "  \"\(text)\": page \(Self.ratio(page, unit)) (\(Self.milliseconds(page)) ms), "
            + "count \(Self.ratio(count, unit)) (\(Self.milliseconds(count)) ms)")
      }
      try await checkPlans(ledger)
    }
  }

  private func checkPlans(_ ledger: Ledger) async throws {
    let plans: [(String, JobSort, String)] = [
      ("star", .newestFirst, "SCAN words VIRTUAL TABLE INDEX"), ("state:failed", .newestFirst, "job_by_state"),
      ("seed:7", .newestFirst, "job_by_seed"), ("is:favourite", .newestFirst, "job_favourite"),
      ("from:3", .newestFirst, "job_by_parent"), ("batch:3", .newestFirst, "job_by_batch"),
      ("", .slowestFirst, "job_by_time"),
      ("", .largestFirst, "job_by_memory"), ("#3", .newestFirst, "INTEGER PRIMARY KEY"),
    ]
    for (text, sort, index) in plans {
      let plan = try await plan(JobQuery(filter: JobFilter(text), sort: sort), ledger)
      #expect(plan.contains(index), "\(text): \(plan)")
    }
    // The list as it opens, and every search for words, come out of their index in order: nothing is sorted.
    for text in ["", "star", "star !snow", "!snow", "seed:7", "state:failed", "state:done,failed", "model:nano"] {
      for after in [nil, JobPage.Cursor(id: 50_000)] {
        let plan = try await plan(JobQuery(filter: JobFilter(text), after: after), ledger)
        #expect(!plan.contains("TEMP B-TREE"), "\(text): \(plan)")
      }
    }
  }

  private func plan(_ query: JobQuery, _ ledger: Ledger) async throws -> String {
    let search = JobSearch(query.filter, ledger.wordIndex).page(query)
    return try await ledger.read { database in
      let explain: SQL = "EXPLAIN QUERY PLAN \(search)"
      return try SQLRequest<Row>(literal: explain).fetchAll(database).map { $0["detail"] }.joined(separator: "; ")
    }
  }

  /// Written by SQLite itself: the rows are what matters, not how they came.
  private func fill(_ ledger: Ledger, _ count: Int) async throws {
    let json = try recipe("a red star moves over the snow, PLACE").json()
    try await ledger.write { database in
      try database.execute(
        literal: """
          INSERT INTO model (id, name, folded) VALUES (1, 'wan-nano', 'wan-nano'), (2, 'A14B', 'a14b')
          """)
      try database.execute(
        literal: """
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
          INSERT INTO job (id, state, created_at, model_id, seed, width, height, frames, steps, sampler, precision,
            is_favourite, total_ms, peak_bytes)
          SELECT i, CASE WHEN i % 9973 = 0 THEN 'failed' ELSE 'done' END, 1700000000000 + i * 1000000, 1 + (i % 3 = 0),
            i % 50, 160, 96, 17, 20, 'unipc', 'fast', i % 1000 = 0, i * 7919 % 100000, i * 104729 % 1000000 FROM n
          """)
      try database.execute(
        literal: "INSERT INTO detail (job_id, recipe) SELECT id, replace(\(json), 'PLACE', id) FROM job")
      try database.execute(
        literal: """
          INSERT INTO words (rowid, text) SELECT id, \("\u{E000}") || CASE id % 4
            WHEN 0 THEN ' a red star moves over the snow at night'
            WHEN 1 THEN ' a blue star over the sea soft light'
            WHEN 2 THEN ' one small ball spins in the snow slow pan'
            ELSE ' 红 色 的 星 星' END || ' ' || id FROM job
          """)
      try database.execute(
        sql: "INSERT INTO tag (job_id, name, folded, place) SELECT id, 'keep', 'keep', 0 FROM job WHERE id % 500 = 0")
    }
  }

  /// The median of five, after one that warms up.
  private func time(_ body: () async throws -> Void) async throws -> Duration {
    try await body()
    var times: [Duration] = []
    for _ in 0..<5 { times.append(try await ContinuousClock().measure(body)) }
    return times.sorted()[2]
  }

  private static func milliseconds(_ time: Duration) -> String { String(format: "%.1f", time / .milliseconds(1)) }
  private static func ratio(_ time: Duration, _ unit: Duration) -> String { String(format: "%.0f", time / unit) }
}
