/// The ledger as screens and commands see it: what can be asked and done, without a word about how it is kept.
///
///     let jobs = try await ledger.add([NewJob(recipe)], nil)
///     for await _ in ledger.changes() { state.page = try await ledger.page(query) }
///
/// Every closure may be called from anywhere and does its work elsewhere. Cancelling the task of `page` and `count`
/// stops the search: the next keystroke supersedes the one before.
public struct JobLedger: Sendable {
  public var page: @Sendable (JobQuery) async throws -> JobPage
  /// How many jobs pass the filter.
  public var count: @Sendable (JobFilter) async throws -> Int
  /// How many jobs are in each state.
  public var totals: @Sendable () async throws -> [Job.State: Int]
  public var job: @Sendable (Job.ID) async throws -> Job?
  /// What runs, then what waits, in the order in which it will run.
  public var queue: @Sendable () async throws -> [Job]
  /// Of a running job: the newest preview. nil where there is none.
  public var thumbnail: @Sendable (Job.ID) async throws -> Thumbnail?
  /// The batch with its jobs: what a contact sheet shows.
  public var batch: @Sendable (Batch.ID) async throws -> Batch?
  /// The tags in use, most used first.
  public var tags: @Sendable () async throws -> [String]
  /// How long renders like this one took; nil until there was one.
  public var pace: @Sendable (Recipe) async throws -> PastPace?

  /// Puts jobs into the queue, as one batch if they are variations.
  public var add: @Sendable ([NewJob], Variations?) async throws -> [Job]
  /// A queued job is cancelled at once; a running one is asked to stop, in whatever process it runs.
  public var cancel: @Sendable (Job.ID) async throws -> Void
  /// Deletes jobs so that ``restore`` can bring them back; running ones stay. Returns those that were deleted.
  public var delete: @Sendable ([Job.ID]) async throws -> [Job.ID]
  public var restore: @Sendable ([Job.ID]) async throws -> Void
  public var setFavourite: @Sendable (Job.ID, Bool) async throws -> Void
  public var setTags: @Sendable (Job.ID, [String]) async throws -> Void
  public var setNotes: @Sendable (Job.ID, String) async throws -> Void

  /// Says that something changed, here or in another process: at most a dozen times a second, never while nothing
  /// happens. Counts from the call on, so call it before the first page is asked for.
  public var changes: @Sendable () -> AsyncStream<Void>

  public init(
    page: @escaping @Sendable (JobQuery) async throws -> JobPage,
    count: @escaping @Sendable (JobFilter) async throws -> Int,
    totals: @escaping @Sendable () async throws -> [Job.State: Int],
    job: @escaping @Sendable (Job.ID) async throws -> Job?,
    queue: @escaping @Sendable () async throws -> [Job],
    thumbnail: @escaping @Sendable (Job.ID) async throws -> Thumbnail?,
    batch: @escaping @Sendable (Batch.ID) async throws -> Batch?,
    tags: @escaping @Sendable () async throws -> [String],
    pace: @escaping @Sendable (Recipe) async throws -> PastPace?,
    add: @escaping @Sendable ([NewJob], Variations?) async throws -> [Job],
    cancel: @escaping @Sendable (Job.ID) async throws -> Void,
    delete: @escaping @Sendable ([Job.ID]) async throws -> [Job.ID],
    restore: @escaping @Sendable ([Job.ID]) async throws -> Void,
    setFavourite: @escaping @Sendable (Job.ID, Bool) async throws -> Void,
    setTags: @escaping @Sendable (Job.ID, [String]) async throws -> Void,
    setNotes: @escaping @Sendable (Job.ID, String) async throws -> Void,
    changes: @escaping @Sendable () -> AsyncStream<Void>
  ) {
    self.page = page
    self.count = count
    self.totals = totals
    self.job = job
    self.queue = queue
    self.thumbnail = thumbnail
    self.batch = batch
    self.tags = tags
    self.pace = pace
    self.add = add
    self.cancel = cancel
    self.delete = delete
    self.restore = restore
    self.setFavourite = setFavourite
    self.setTags = setTags
    self.setNotes = setNotes
    self.changes = changes
  }
}

/// A job that does not exist yet.
public struct NewJob: Codable, Hashable, Sendable {
  public var recipe: Recipe
  /// The job that it was made from.
  public var parent: Job.ID?

  public init(_ recipe: Recipe, parent: Job.ID? = nil) {
    self.recipe = recipe
    self.parent = parent
  }
}
