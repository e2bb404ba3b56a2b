import Foundation
import GRDB
import Rendering

/// Rows of the ledger as jobs, and back.
enum JobRow {
  /// The jobs with these ids, in their order; those that are not there are missing. Deleted ones count as there.
  static func jobs(_ ids: [Job.ID], _ database: Database) throws -> [Job] {
    let rows = try SQLRequest<Row>(
      literal: """
        SELECT job.*, detail.*, progress.progress, job.id AS number FROM job JOIN detail ON detail.job_id = job.id
        LEFT JOIN progress ON progress.job_id = job.id WHERE job.id IN \(ids)
        """
    ).fetchAll(database)
    var jobs = Dictionary(rows.map { ($0["number"] as Job.ID, job($0)) }) { first, _ in first }
    let tags = SQLRequest<Row>(
      literal: "SELECT job_id, name FROM tag WHERE job_id IN \(ids) ORDER BY job_id, place")
    for tag in try tags.fetchAll(database) {
      if let name: String = tag.readable("name") { jobs[tag["job_id"]]?.tags.append(name) }
    }
    return ids.compactMap { jobs[$0] }
  }

  /// One damaged row must not hide the page that it stands on: what cannot be read is said in its failure.
  private static func job(_ row: Row) -> Job {
    var problem: Job.Failure?
    func required<Value: DatabaseValueConvertible>(_ column: String, or standIn: Value) -> Value {
      if let value: Value = row.readable(column) { return value }
      problem = Job.Failure(
        code: .inputOutput, what: "the ledger is damaged where it keeps the \(column) of this job",
        remedy: "delete it, or keep what it still shows; moviola doctor checks the whole ledger")
      return standIn
    }
    var recipe = Recipe(prompt: "", model: "")
    do throws(RenderError) { recipe = try Recipe(json: required("recipe", or: "")) } catch {
      problem = problem ?? Job.Failure(error)
    }
    var job = Job(
      id: row["number"], state: Job.State(rawValue: required("state", or: "")) ?? .interrupted, recipe: recipe,
      createdAt: Date(milliseconds: required("created_at", or: 0)), parent: row.readable("parent_id"),
      batch: row.readable("batch_id"))
    job.startedAt = row.readable("started_at").map(Date.init(milliseconds:))
    job.finishedAt = row.readable("finished_at").map(Date.init(milliseconds:))
    job.isFavourite = row.readable("is_favourite") ?? false
    job.isCancelling = row.readable("is_cancelling") ?? false
    job.notes = (row.readable("notes") as Data?).map { String(decoding: $0, as: UTF8.self) } ?? ""
    job.warnings = value(row.readable("warnings")) ?? []
    job.progress = value(row.readable("progress"))
    job.result = value(row.readable("result"))
    job.failure = value(row.readable("failure")) ?? problem
    return job
  }

  static func value<Value: Decodable>(_ json: String?) -> Value? {
    // Written by ``json(_:)`` alone; what a newer version added or a hand changed is shown as absent.
    json.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Writes a new job.
  static func insert(
    _ new: NewJob, state: Job.State, at time: Date, batch: (id: Batch.ID, place: Int)? = nil, _ database: Database
  ) throws -> Job.ID {
    let recipe = new.recipe
    try database.execute(
      literal: """
        INSERT INTO job (state, created_at, started_at, model_id, seed, width, height, frames, steps, sampler, precision,
          parent_id, batch_id, batch_place)
        VALUES (\(state.rawValue), \(time.milliseconds), \(state == .running ? time.milliseconds : nil),
          \(try model(recipe.model, database)), \(Int64(bitPattern: recipe.seed)), \(recipe.width), \(recipe.height),
          \(recipe.frameCount), \(recipe.steps), \(recipe.sampler.rawValue), \(recipe.precision.rawValue),
          \(new.parent), \(batch?.id), \(batch?.place))
        """)
    let id = database.lastInsertedRowID
    try database.execute(literal: "INSERT INTO detail (job_id, recipe) VALUES (\(id), \(try recipe.json()))")
    try database.execute(
      literal: "INSERT INTO words (rowid, text) VALUES (\(id), \(WordIndex.row(for: recipe.prompt)))")
    return id
  }

  private static func model(_ name: String, _ database: Database) throws -> Int64 {
    let known = SQLRequest<Int64>(literal: "SELECT id FROM model WHERE name = \(name)")
    if let id = try known.fetchOne(database) { return id }
    try database.execute(literal: "INSERT INTO model (name, folded) VALUES (\(name), \(name.lowercased()))")
    return database.lastInsertedRowID
  }
}

extension Row {
  /// What a column holds; nil if that is nothing, something that is no such value, or there is no such column. SQLite
  /// keeps anything in any column, and GRDB's own subscripts end the program over what does not fit.
  func readable<Value: DatabaseValueConvertible>(_ column: String) -> Value? {
    hasColumn(column) ? Value.fromDatabaseValue(self[column] as DatabaseValue) : nil
  }
}
