import Foundation
import GRDB
public import Rendering

extension Ledger {
  /// One page. Cancelling the task stops the search.
  public func page(_ query: JobQuery) async throws -> JobPage {
    let search = JobSearch(query.filter, wordIndex)
    return try await read { database in
      let rows = try SQLRequest<Row>(literal: search.page(query)).fetchAll(database)
      let shown = rows.prefix(max(query.limit, 1))
      let jobs = try JobRow.jobs(shown.map { $0["id"] }, database)
      let next = rows.count > shown.count ? shown.last : nil
      return JobPage(jobs: jobs, next: next.map { JobPage.Cursor(id: $0["id"], value: $0.readable("value") ?? 0) })
    }
  }

  /// The newest job that was done by exactly this recipe, as it stands in the clip; nil if there is none.
  public func maker(of recipe: Recipe) async throws -> Job.ID? {
    let seed = Int64(bitPattern: recipe.seed)
    return try await read { database in
      let ids = try SQLRequest<Job.ID>(
        literal: """
          SELECT id FROM job WHERE seed = \(seed) AND state = 'done' AND deleted_at IS NULL ORDER BY id DESC
          LIMIT \(Self.candidates)
          """
      ).fetchAll(database)
      return try JobRow.jobs(ids, database).first { $0.recipe == recipe }?.id
    }
  }

  /// Jobs of one seed that are looked at.
  private static let candidates = 500

  public func count(_ filter: JobFilter) async throws -> Int {
    let search = JobSearch(filter, wordIndex)
    return try await read { try SQLRequest<Int>(literal: search.count).fetchOne($0) ?? 0 }
  }

  public func totals() async throws -> [Job.State: Int] {
    try await read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT state, count(*) AS count FROM job WHERE deleted_at IS NULL GROUP BY state")
      return rows.reduce(into: [:]) { totals, row in
        if let state = row.readable("state").flatMap(Job.State.init(rawValue:)) { totals[state] = row["count"] }
      }
    }
  }

  /// nil for one that is not there or deleted.
  public func job(_ id: Job.ID) async throws -> Job? {
    let found = JobQuery(filter: JobFilter(terms: [.init(.id(id))]), limit: 1)
    return try await page(found).jobs.first
  }

  /// What runs, then what waits, in the order in which it will run.
  public func queue() async throws -> [Job] {
    try await read { database in
      let ids = try Job.ID.fetchAll(
        database,
        sql: """
          SELECT id FROM job WHERE state IN ('running', 'queued') AND deleted_at IS NULL
          ORDER BY state = 'queued', id
          """)
      return try JobRow.jobs(ids, database)
    }
  }

  public func thumbnail(_ id: Job.ID) async throws -> Thumbnail? {
    let bytes = try await read { database in
      try SQLRequest<Data>(literal: "SELECT thumbnail FROM picture WHERE job_id = \(id)").fetchOne(database)
    }
    return bytes.flatMap { Thumbnail(bytes: $0) }
  }

  public func batch(_ id: Batch.ID) async throws -> Batch? {
    try await read { database -> Batch? in
      let found = SQLRequest<Row>(literal: "SELECT variations, created_at FROM batch WHERE id = \(id)")
      guard let row = try found.fetchOne(database) else { return nil }
      guard let variations: Variations = JobRow.value(row.readable("variations")) else { return nil }
      let members = SQLRequest<Job.ID>(
        literal: "SELECT id FROM job WHERE batch_id = \(id) AND deleted_at IS NULL ORDER BY batch_place")
      return Batch(
        id: id, variations: variations, createdAt: Date(milliseconds: row.readable("created_at") ?? 0),
        jobs: try JobRow.jobs(try members.fetchAll(database), database))
    }
  }

  /// The tags in use, most used first.
  public func tags() async throws -> [String] {
    try await read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT min(name) FROM tag JOIN job ON job.id = tag.job_id WHERE deleted_at IS NULL
          GROUP BY folded ORDER BY count(*) DESC, folded
          """)
    }
  }

  /// How long renders of this model, size and precision took here: the median of the newest five.
  public func pace(_ recipe: Recipe) async throws -> PastPace? {
    let past = try await read { database in
      let ids = SQLRequest<Job.ID>(
        literal: """
          SELECT job.id FROM job JOIN model ON model.id = job.model_id
          WHERE model.name = \(recipe.model) AND width = \(recipe.width) AND height = \(recipe.height)
            AND frames = \(recipe.frameCount) AND precision = \(recipe.precision.rawValue) AND state = 'done'
          ORDER BY job.id DESC LIMIT 40
          """)
      return try JobRow.jobs(try ids.fetchAll(database), database)
    }
    // Without guidance a step asks the expert once, with it twice.
    let alike = past.filter {
      $0.recipe.guidance.asksTwice == recipe.guidance.asksTwice && $0.recipe.stepCache == recipe.stepCache
        && $0.recipe.skipGuidanceAfter == recipe.skipGuidanceAfter
    }
    return PastPace(
      of: alike.prefix(5).compactMap { job in job.result.map { (job.recipe.steps, $0.seconds) } })
  }

  /// How fast this machine has been of late; nil until it has rendered something.
  ///
  /// Renders of the recipe's own model count, if there are any: no two models keep a processor equally busy.
  public func speed(_ recipe: Recipe) async throws -> MachineSpeed? {
    let past = try await read { database in
      let ids = SQLRequest<Job.ID>(
        literal: """
          SELECT id FROM job WHERE state = 'done' AND deleted_at IS NULL AND precision = \(recipe.precision.rawValue)
          ORDER BY id DESC LIMIT 40
          """)
      return try JobRow.jobs(try ids.fetchAll(database), database)
    }
    let own = past.filter { $0.recipe.model == recipe.model }
    return MachineSpeed(of: own) ?? MachineSpeed(of: past)
  }
}

extension Guidance {
  fileprivate var asksTwice: [Bool] { [high != 1, low != 1] }
}
