import Foundation
import GRDB
import Rendering
import Testing

@testable import History

@Suite struct SearchTests {
  private static let filters = [
    "", "star", "sta", "s", "!star", "star !snow", "!snow !sea", "\"red star\"", "\"star red\"", "红色", "!红", "が", "🌟",
    "model:nano", "!model:nano", "model:none", "state:done", "state:queued,cancelled", "!state:done", "seed:3",
    "!seed:3", "tag:keep", "!tag:keep", "is:favourite", "!is:favourite", "from:2", "!from:2", "id:5", "!#5",
    "size:160x96", "frames:17", "steps:3", "sampler:unipc", "precision:fast", "after:2026-11-23", "before:2026-11-24",
    "star state:done seed:3", "star is:favourite !tag:keep",
  ]

  /// The ledger's answer is that of ``JobFilter/accepts(_:)`` on each job: the same words, the same meaning.
  @Test(arguments: [WordIndex.fullText, .scan])
  func sqlAndSwiftAgree(index: WordIndex) async throws {
    try await withLedger { ledger in
      try await fill(ledger)
      if index == .scan { try await useScan(ledger) }
      let ledger = try Ledger(at: ledger.file)
      #expect(ledger.wordIndex == index)
      let all = try await ledger.page(JobQuery(limit: 1000)).jobs
      #expect(all.count == 60)
      for text in Self.filters {
        let filter = JobFilter(text)
        #expect(filter.problems.isEmpty)
        let expected = all.filter(filter.accepts)
        #expect(try await ledger.page(JobQuery(filter: filter, limit: 1000)).jobs == expected, "\(text)")
        #expect(try await ledger.count(filter) == expected.count, "\(text)")
      }
    }
  }

  /// Nothing that can be typed breaks the search or means something else to SQLite.
  @Test func whateverIsTypedFindsTheSame() async throws {
    try await withLedger { ledger in
      try await fill(ledger)
      let all = try await ledger.page(JobQuery(limit: 1000)).jobs
      let pieces = [
        "star", "!", "\"", " ", "*", "'", "(", ")", "AND", "NOT", "NEAR", "^", "-", ":", "state:", "done", "seed:3",
        "红", "🌟", "\u{301}", "%", "_", ";", "\0", "model:", "#", "5", ",", "tag:", "\\", "\u{E000}", "text:", "+",
      ]
      var random = Numbers(seed: 42)
      for _ in 0..<400 {
        let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
          pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }.joined()
        let filter = JobFilter(text)
        #expect(
          try await ledger.page(JobQuery(filter: filter, limit: 1000)).jobs == all.filter(filter.accepts), "\(text)")
      }
    }
  }

  /// SplitMix64: the same texts in every run.
  private struct Numbers: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// Every page size and sort shows every job once, in order.
  @Test(arguments: JobSort.allCases, ["", "star"])
  func pagesFollowOneAnother(sort: JobSort, text: String) async throws {
    try await withLedger { ledger in
      try await fill(ledger)
      var query = JobQuery(filter: JobFilter(text), sort: sort, limit: 1000)
      let all = try await ledger.page(query).jobs
      #expect(all.map(\.id) == all.sorted(by: sort.isBefore).map(\.id))
      query.limit = 7
      var paged: [Job] = []
      repeat {
        let page = try await ledger.page(query)
        paged += page.jobs
        query.after = page.next
      } while query.after != nil
      #expect(paged == all)
      #expect(Set(paged.map(\.id)).count == all.count)
    }
  }

  @Test func aSupersededSearchStops() async throws {
    try await withLedger { ledger in
      try await fill(ledger)
      let task = Task {
        try await Task.sleep(for: .seconds(60))
        return try await ledger.page(JobQuery())
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let query = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await ledger.page(JobQuery())
      }
      await #expect(throws: CancellationError.self) { try await query.value }
      #expect(try await ledger.page(JobQuery()).jobs.count == 60)
    }
  }

  private func fill(_ ledger: Ledger) async throws {
    let prompts = ["a red star", "a star over the sea", "snow and stars", "红色的星星", "が🌟 étoile", "the red sea, snow"]
    for index in 0..<60 {
      var asked = recipe(
        prompts[index % 6], model: index % 4 == 0 ? "/models/A14B" : "wan-nano", seed: UInt64(index % 5))
      asked.steps = index % 7 + 1
      asked.sampler = SamplerName.allCases[index % 3]
      if index % 11 == 0 { asked.width = 320 }
      try await enter(NewJob(asked, parent: index % 9 == 0 ? 2 : nil), index, ledger)
    }
  }

  private func enter(_ new: NewJob, _ index: Int, _ ledger: Ledger) async throws {
    let id: Job.ID
    if index % 3 == 0 {
      id = try await ledger.add([new])[0].id
      if index % 2 == 0 { try await ledger.cancel(id) }
    } else {
      id = try await ledger.begin(new).id
      let done = render(new.recipe, total: Double(index % 8), peak: index % 4)
      try await ledger.finish(id, .done(done, clipBytes: 1))
    }
    if index % 5 == 0 { try await ledger.setTags(id, ["Keep", "more"]) }
    if index % 8 == 0 { try await ledger.setFavourite(id, true) }
  }

  /// Makes the words table as it is where SQLite has no FTS5.
  private func useScan(_ ledger: Ledger) async throws {
    try await ledger.write { database in
      try database.execute(
        sql: """
          CREATE TABLE copy (text TEXT NOT NULL);
          INSERT INTO copy (rowid, text) SELECT rowid, text FROM words;
          DROP TABLE words;
          ALTER TABLE copy RENAME TO words;
          """)
    }
  }
}

extension JobSort {
  fileprivate func isBefore(_ left: Job, _ right: Job) -> Bool {
    func value(_ job: Job) -> Int {
      switch self {
      case .newestFirst: 0
      case .oldestFirst: -2 * Int(job.id)
      case .slowestFirst: Int((job.result?.seconds.total ?? 0) * 1000)
      case .largestFirst: job.result?.peakRSSBytes ?? 0
      }
    }
    return (value(left), left.id) > (value(right), right.id)
  }
}
