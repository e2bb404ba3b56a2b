public import Foundation
import GRDB
public import Rendering

extension Ledger {
  /// Puts jobs into the queue, as one batch if they are variations.
  public func add(_ jobs: [NewJob], as variations: Variations? = nil) async throws -> [Job] {
    let time = clock()
    return try await write { database in
      let batch = try variations.map { try Self.makeBatch($0, time, database) }
      let ids = try jobs.enumerated().map { place, job in
        try JobRow.insert(job, state: .queued, at: time, batch: batch.map { ($0, place) }, database)
      }
      return try JobRow.jobs(ids, database)
    }
  }

  private static func makeBatch(_ variations: Variations, _ time: Date, _ database: Database) throws -> Batch.ID {
    try database.execute(
      literal: """
        INSERT INTO batch (variations, created_at) VALUES (\(try JobRow.json(variations)), \(time.milliseconds))
        """)
    return database.lastInsertedRowID
  }

  /// A queued job is cancelled at once; a running one is asked to stop, in whatever process it runs.
  public func cancel(_ id: Job.ID) async throws {
    let time = clock().milliseconds
    try await write { database in
      try database.execute(
        literal: """
          UPDATE job SET state = 'cancelled', finished_at = \(time) WHERE id = \(id) AND state = 'queued'
          """)
      try database.execute(literal: "UPDATE job SET is_cancelling = 1 WHERE id = \(id) AND state = 'running'")
    }
  }

  /// Deletes jobs so that ``restore(_:)`` can bring them back, until ``purge(deletedBefore:)``. Running ones stay.
  /// - Returns: those that were deleted.
  @discardableResult
  public func delete(_ ids: [Job.ID]) async throws -> [Job.ID] {
    let time = clock().milliseconds
    return try await write { database in
      let found = SQLRequest<Job.ID>(
        literal: "SELECT id FROM job WHERE id IN \(ids) AND state != 'running' AND deleted_at IS NULL")
      let deleted = try found.fetchAll(database)
      try database.execute(literal: "UPDATE job SET deleted_at = \(time) WHERE id IN \(deleted)")
      return deleted
    }
  }

  public func restore(_ ids: [Job.ID]) async throws {
    try await write { try $0.execute(literal: "UPDATE job SET deleted_at = NULL WHERE id IN \(ids)") }
  }

  /// Removes for good what was deleted before a time.
  /// - Returns: the paths of the clips that no job has any more; the files are the caller's.
  @discardableResult
  public func purge(deletedBefore time: Date) async throws -> [String] {
    try await write { database in
      let found = SQLRequest<Job.ID>(literal: "SELECT id FROM job WHERE deleted_at < \(time.milliseconds)")
      let ids = try found.fetchAll(database)
      let clips = try JobRow.jobs(ids, database).compactMap(\.result?.clip)
      try database.execute(literal: "DELETE FROM words WHERE rowid IN \(ids)")
      try database.execute(literal: "DELETE FROM job WHERE id IN \(ids)")
      try database.execute(
        sql: "DELETE FROM batch WHERE id NOT IN (SELECT batch_id FROM job WHERE batch_id IS NOT NULL)")
      return clips
    }
  }

  public func setFavourite(_ id: Job.ID, _ isFavourite: Bool) async throws {
    try await write { try $0.execute(literal: "UPDATE job SET is_favourite = \(isFavourite) WHERE id = \(id)") }
  }

  /// Replaces the tags. Spaces around them and controls in them go; a tag that differs from an earlier one by case
  /// only is the same.
  public func setTags(_ id: Job.ID, _ tags: [String]) async throws {
    try await write { database in
      try database.execute(literal: "DELETE FROM tag WHERE job_id = \(id)")
      let names = tags.map(Self.tidyTag).filter { !$0.isEmpty }
      for (place, name) in names.enumerated() {
        try database.execute(
          literal: """
            INSERT OR IGNORE INTO tag (job_id, name, folded, place)
            VALUES (\(id), \(name), \(name.lowercased()), \(place))
            """)
      }
      try Self.indexWords(of: id, database)
    }
  }

  private static func tidyTag(_ tag: String) -> String {
    var tidy = tag
    tidy.unicodeScalars.removeAll { $0.properties.generalCategory == .control }
    return tidy.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  public func setNotes(_ id: Job.ID, _ notes: String) async throws {
    try await write { database in
      // As bytes: a text of SQLite ends at the first NUL.
      try database.execute(literal: "UPDATE detail SET notes = \(Data(notes.utf8)) WHERE job_id = \(id)")
      try Self.indexWords(of: id, database)
    }
  }

  private static func indexWords(of id: Job.ID, _ database: Database) throws {
    guard let job = try JobRow.jobs([id], database).first else { return }
    try database.execute(
      literal: "UPDATE words SET text = \(WordIndex.row(for: job.searchedText)) WHERE rowid = \(id)")
  }
}
