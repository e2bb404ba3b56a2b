public import Foundation
import GRDB
public import Rendering

extension Ledger {
  /// Reads the whole file as SQLite's `quick_check` does, and looks whether all tables are there, without changing anything.
  /// - Returns: how many jobs there are.
  /// - Throws: ``RenderError`` if it is damaged, is something else, or cannot be read.
  public static func checkIntegrity(of file: URL) throws(RenderError) -> Int {
    try LedgerFailure.explain("checking", file) {
      let path = file.path(percentEncoded: false)
      try LedgerSchema.checkIsOurs(path)
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.readonly = true
      return try DatabaseQueue(path: path, configuration: configuration).read { database in
        let answers = try String.fetchAll(database, sql: "PRAGMA quick_check(5)")
        guard answers == ["ok"] else {
          throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: answers.joined(separator: "; "))
        }
        try LedgerSchema.checkIsNotNewer(database, path)
        try LedgerSchema.checkIsWhole(database)
        return try Int.fetchOne(database, sql: "SELECT count(*) FROM job WHERE deleted_at IS NULL") ?? 0
      }
    }
  }
}
