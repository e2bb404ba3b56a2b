import Foundation
import GRDB
import Rendering

/// The tables, and how they came to be. Migrations are only ever added.
enum LedgerSchema {
  /// "MOVI" in the header of the file: `file library.sqlite` and we know whose it is.
  static let applicationID = 0x4D4F_5649

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 jobs", migrate: makeJobs)
    migrator.registerMigration("2 words", migrate: WordIndex.make)
    return migrator
  }

  /// - Throws: ``RenderError`` if a newer Moviola has been here.
  static func migrate(_ pool: DatabasePool) throws {
    try pool.read { try checkIsNotNewer($0, pool.path) }
    try migrator.migrate(pool)
  }

  static func checkIsNotNewer(_ database: Database, _ path: String) throws {
    guard try migrator.hasBeenSuperseded(database) else { return }
    throw RenderError(
      .inputOutput, "the ledger \(path) was made by a newer Moviola",
      remedy: "update Moviola, or set MOVIOLA_HOME to another folder")
  }

  /// - Throws: `DatabaseError` that names the first table or column of ours that is missing. A ledger that an older
  ///   Moviola made is whole: it gets what it lacks when it is opened.
  static func checkIsWhole(_ database: Database) throws {
    guard try migrator.hasCompletedMigrations(database) else { return }
    let model = try DatabaseQueue()
    try migrator.migrate(model)
    let (wanted, found) = (try model.read(columns), try columns(database))
    guard let missing = wanted.subtracting(found).min() else { return }
    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "there is no \(missing)")
  }

  /// All, as "table.column".
  private static func columns(_ database: Database) throws -> Set<String> {
    try Set(
      String.fetchAll(
        database,
        sql: """
          SELECT lower(tables.name || '.' || columns.name) FROM sqlite_master AS tables
          JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'
          """))
  }

  /// Looks before anything is written, so that no other program's database is ever changed.
  static func checkIsOurs(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.readonly = true
    let isOurs = try DatabaseQueue(path: path, configuration: configuration).read { database in
      let id = try Int.fetchOne(database, sql: "PRAGMA application_id")
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
      return id == applicationID || tables == 0
    }
    guard isOurs else { throw LedgerFailure.foreign(path, "it is another program's database") }
  }

  /// What filters and sorts look at is narrow (`job`): reading all of it takes milliseconds. What people look at,
  /// one page at a time, is wide (`detail`). What changes while a job runs is apart from both (`lease`, `progress`).
  private static func makeJobs(_ database: Database) throws {
    try database.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, folded TEXT NOT NULL);
        CREATE TABLE batch (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          variations TEXT NOT NULL,         -- JSON
          created_at INTEGER NOT NULL       -- milliseconds since 1970, as all times
        );
        CREATE TABLE job (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          state TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          started_at INTEGER,
          finished_at INTEGER,
          model_id INTEGER NOT NULL REFERENCES model (id),
          seed INTEGER NOT NULL,            -- the bits of an unsigned number
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          frames INTEGER NOT NULL,
          steps INTEGER NOT NULL,
          sampler TEXT NOT NULL,
          precision TEXT NOT NULL,
          is_favourite INTEGER NOT NULL DEFAULT 0,
          is_cancelling INTEGER NOT NULL DEFAULT 0,
          total_ms INTEGER NOT NULL DEFAULT 0,
          peak_bytes INTEGER NOT NULL DEFAULT 0,
          parent_id INTEGER,
          batch_id INTEGER REFERENCES batch (id),
          batch_place INTEGER,
          deleted_at INTEGER
        );
        CREATE INDEX job_by_state ON job (state, deleted_at);
        CREATE INDEX job_by_seed ON job (seed);
        CREATE INDEX job_by_time ON job (total_ms);
        CREATE INDEX job_by_memory ON job (peak_bytes);
        CREATE INDEX job_by_shape ON job (model_id, width, height, frames, precision, state);
        CREATE INDEX job_by_batch ON job (batch_id, batch_place) WHERE batch_id IS NOT NULL;
        CREATE INDEX job_by_parent ON job (parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX job_favourite ON job (is_favourite) WHERE is_favourite = 1;
        CREATE INDEX job_deleted ON job (deleted_at) WHERE deleted_at IS NOT NULL;
        CREATE TABLE detail (
          job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
          recipe TEXT NOT NULL,             -- JSON, as in the clip
          notes BLOB,                       -- UTF-8
          warnings TEXT,                    -- JSON
          result TEXT,                      -- JSON
          failure TEXT                      -- JSON
        );
        CREATE TABLE tag (
          job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
          name TEXT NOT NULL,
          folded TEXT NOT NULL,
          place INTEGER NOT NULL,
          PRIMARY KEY (folded, job_id)
        ) WITHOUT ROWID;
        CREATE INDEX tag_by_job ON tag (job_id, place);
        CREATE TABLE lease (
          job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
          owner TEXT NOT NULL,              -- JSON: which process, of which start of which machine
          beat_at INTEGER NOT NULL
        );
        CREATE TABLE progress (
          job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
          progress TEXT NOT NULL            -- JSON
        );
        CREATE TABLE picture (
          job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
          thumbnail BLOB NOT NULL
        );
        """)
  }
}
