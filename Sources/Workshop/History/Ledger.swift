public import Foundation
import GRDB
public import Rendering

/// Every job there ever was, in one SQLite file that several studios may share.
///
///     let ledger = try Ledger(at: home.ledgerFile)
///     let job = try await ledger.add([NewJob(recipe)])[0]
///     let page = try await ledger.page(JobQuery(filter: JobFilter("star state:done")))
///
/// All of SQLite stays behind this type. Whatever goes wrong comes out as a ``RenderError``.
public final class Ledger: Sendable {
  public let file: URL
  let pool: DatabasePool
  let wordIndex: WordIndex
  let clock: @Sendable () -> Date

  /// Opens the ledger, and makes it if there is none.
  /// - Throws: ``RenderError`` when the folder cannot be written, when the file is damaged, is something else, or was
  ///   made by a newer Moviola. Nothing that is there is touched then.
  public init(at file: URL, clock: @escaping @Sendable () -> Date = { Date() }) throws(RenderError) {
    self.file = file
    self.clock = clock
    (pool, wordIndex) = try LedgerFailure.explain("opening", file) {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      // Two programs that start at once: one makes the tables, the other waits.
      return try OpeningLock.hold(for: file) { try Self.open(file) }
    }
  }

  private static func open(_ file: URL) throws -> (DatabasePool, WordIndex) {
    let path = file.path(percentEncoded: false)
    try LedgerSchema.checkIsOurs(path)
    let pool = try DatabasePool(path: path, configuration: configuration)
    // A job that was said to be queued or done is so after a loss of power, too.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    try LedgerSchema.migrate(pool)
    return (pool, try pool.read(WordIndex.init(of:)))
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "ledger"
    // Another program's write takes milliseconds; a disk that stalls may take seconds.
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA cache_size = -8000")
    }
    return configuration
  }

  func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await pool.read(body)
    } catch {
      throw LedgerFailure.sentence(for: error, "reading", file)
    }
  }

  func write<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await pool.write(body)
    } catch {
      throw LedgerFailure.sentence(for: error, "writing", file)
    }
  }
}

extension Ledger {
  /// Moves a ledger that cannot be opened out of the way, with its companions: a new one must never meet the log of
  /// the old. Only for someone who was asked; nobody may have it open.
  /// - Returns: where it is now.
  public static func moveAside(_ file: URL, now: Date = Date()) throws(RenderError) -> URL {
    let name = file.lastPathComponent + ".aside-\(now.milliseconds / 1000)"
    let aside = file.deletingLastPathComponent().appending(path: name)
    try LedgerFailure.explain("moving aside", file) {
      // The log first: without it, the file is only older; without the file, the log is nothing.
      for companion in ["-wal", "-shm", ""] {
        let source = file.path(percentEncoded: false) + companion
        guard FileManager.default.fileExists(atPath: source) else { continue }
        try FileManager.default.moveItem(atPath: source, toPath: aside.path(percentEncoded: false) + companion)
      }
    }
    return aside
  }
}

extension Date {
  /// As the ledger keeps a time.
  var milliseconds: Int64 {
    Int64((min(max(self, .distantPast), .distantFuture).timeIntervalSince1970 * 1000).rounded())
  }
  /// Times that no calendar knows become the nearest one that it does.
  init(milliseconds: Int64) {
    self = min(max(Date(timeIntervalSince1970: Double(milliseconds) / 1000), .distantPast), .distantFuture)
  }
}
