/// Which page of the ledger to show.
///
///     var query = JobQuery(filter: JobFilter("star !snow model:nano"))
///     let first = try await ledger.page(query)
///     query.after = first.next
///     let second = try await ledger.page(query)
public struct JobQuery: Hashable, Sendable {
  public var filter: JobFilter
  public var sort: JobSort
  /// Where the page before ended; nil for the first page.
  public var after: JobPage.Cursor?
  public var limit: Int

  public init(
    filter: JobFilter = JobFilter(), sort: JobSort = .newestFirst, after: JobPage.Cursor? = nil, limit: Int = 100
  ) {
    self.filter = filter
    self.sort = sort
    self.after = after
    self.limit = limit
  }
}

public enum JobSort: String, Codable, Hashable, Sendable, CaseIterable {
  case newestFirst = "newest first"
  case oldestFirst = "oldest first"
  /// By rendering time; what is not done comes last.
  case slowestFirst = "slowest first"
  /// By peak memory; what is not done comes last.
  case largestFirst = "most memory first"
}

public struct JobPage: Hashable, Sendable {
  public var jobs: [Job]
  /// nil on the last page.
  public var next: Cursor?

  public init(jobs: [Job], next: Cursor?) {
    self.jobs = jobs
    self.next = next
  }

  /// The place between two jobs: it stays where it is when jobs come and go.
  public struct Cursor: Hashable, Sendable {
    public let id: Job.ID
    /// What the sort goes by, for sorts that go by something else than time.
    public let value: Int64

    public init(id: Job.ID, value: Int64 = 0) {
      self.id = id
      self.value = value
    }
  }
}
