import GRDB
import Rendering

/// A filter and a sort as SQL.
struct JobSearch {
  private let filter: JobFilter
  private let words: SQL?

  init(_ filter: JobFilter, _ index: WordIndex) {
    self.filter = filter
    words = index.condition(filter.terms)
  }

  /// The ids of one page and one more, so that the caller knows whether there is a next page.
  func page(_ query: JobQuery) -> SQL {
    let order = Order(query.sort, id: words == nil ? "job.id" : "words.rowid")
    let limit = max(query.limit, 1) + 1
    return """
      SELECT job.id, \(order.value) AS value FROM \(source) WHERE \(conditions(order.condition(query.after)))
      ORDER BY \(order.sql) LIMIT \(limit)
      """
  }

  var count: SQL { "SELECT count(*) FROM \(source) WHERE \(conditions(nil))" }

  /// Words lead: the index gives ids in order and stops when the page is full.
  private var source: SQL {
    words == nil ? "job" : "words CROSS JOIN job ON job.id = words.rowid"
  }

  private func conditions(_ more: SQL?) -> SQL {
    let terms = filter.terms.compactMap(Self.condition)
    return (["job.deleted_at IS NULL"] + [words, more].compactMap { $0 } + terms).joined(separator: " AND ")
  }

  private static func condition(_ term: JobFilter.Term) -> SQL? {
    guard let test = condition(term.test) else { return nil }
    return term.isExcluded ? "NOT coalesce(\(test), 0)" : test
  }

  private static func condition(_ test: JobFilter.Test) -> SQL? {
    switch test {
    case .words: nil
    // The plus keeps SQLite from an index here: many jobs share a model, and to sort them costs more than to walk
    // down the list until the page is full.
    case .model(let part): "+job.model_id IN (SELECT id FROM model WHERE instr(folded, \(part)))"
    case .states(let states): condition(states)
    case .seed(let seed): "job.seed = \(Int64(bitPattern: seed))"
    case .created(let range):
      "job.created_at >= \(range.lowerBound.milliseconds) AND job.created_at < \(range.upperBound.milliseconds)"
    case .tag(let tag): "job.id IN (SELECT job_id FROM tag WHERE folded = \(tag))"
    case .favourite: "job.is_favourite = 1"
    case .size(let width, let height): "job.width = \(width) AND job.height = \(height)"
    case .frames(let count): "job.frames = \(count)"
    case .steps(let count): "job.steps = \(count)"
    case .sampler(let sampler): "job.sampler = \(sampler.rawValue)"
    case .precision(let precision): "job.precision = \(precision.rawValue)"
    case .id(let id): "job.id = \(id)"
    case .parent(let id): "job.parent_id = \(id)"
    case .batch(let id): "job.batch_id = \(id)"
    }
  }

  /// The index of one state is in the order of the list; those of several are not.
  private static func condition(_ states: Set<Job.State>) -> SQL {
    if states.count == 1, let state = states.first { return "job.state = \(state.rawValue)" }
    return "+job.state IN \(states.map(\.rawValue).sorted())"
  }
}

/// What a sort goes by, and how it goes on after a job. Where the values are equal, newer ones come first.
private struct Order {
  /// The sorted column; 0 where the sort goes by id alone.
  let value: SQL
  let sql: SQL
  private let id: SQL
  private let sort: JobSort

  init(_ sort: JobSort, id: SQL) {
    self.sort = sort
    self.id = id
    switch sort {
    case .newestFirst: (value, sql) = ("0", "\(id) DESC")
    case .oldestFirst: (value, sql) = ("0", "\(id)")
    case .slowestFirst: (value, sql) = ("job.total_ms", "job.total_ms DESC, job.id DESC")
    case .largestFirst: (value, sql) = ("job.peak_bytes", "job.peak_bytes DESC, job.id DESC")
    }
  }

  func condition(_ cursor: JobPage.Cursor?) -> SQL? {
    guard let cursor else { return nil }
    return switch sort {
    case .newestFirst: "\(id) < \(cursor.id)"
    case .oldestFirst: "\(id) > \(cursor.id)"
    case .slowestFirst, .largestFirst: "(\(value), job.id) < (\(cursor.value), \(cursor.id))"
    }
  }
}
