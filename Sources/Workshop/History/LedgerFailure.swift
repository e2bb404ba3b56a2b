import Foundation
import GRDB
import Rendering

/// What SQLite and the file system say about the ledger, as a sentence with cause and way out.
enum LedgerFailure {
  static func explain<Value>(_ doing: String, _ file: URL, _ body: () throws -> Value) throws(RenderError) -> Value {
    do {
      return try body()
    } catch {
      throw renderError(error, doing, file)
    }
  }

  /// A cancelled query stays a cancellation.
  static func sentence(for error: any Error, _ doing: String, _ file: URL) -> any Error {
    if error is CancellationError { return error }
    if let error = error as? DatabaseError, error.resultCode == .SQLITE_INTERRUPT { return CancellationError() }
    return renderError(error, doing, file)
  }

  private static func renderError(_ error: any Error, _ doing: String, _ file: URL) -> RenderError {
    let path = file.path(percentEncoded: false)
    return switch error {
    case let error as RenderError: error
    case let error as DatabaseError: renderError(error, doing, path)
    default: RenderError(.inputOutput, "\(doing) the ledger \(path) failed: \(reason(error))", remedy: elsewhere)
    }
  }

  private static let elsewhere =
    "make its folder writable, set MOVIOLA_HOME to another one, or render with --no-history"

  private static func renderError(_ error: DatabaseError, _ doing: String, _ path: String) -> RenderError {
    switch error.resultCode {
    case .SQLITE_FULL:
      RenderError(.noSpace, "the disk is full: the ledger \(path) cannot be written", remedy: "free some space")
    case .SQLITE_NOTADB: foreign(path, "it is not an SQLite database")
    // A statement of ours is only wrong where a table or a column is missing.
    case .SQLITE_CORRUPT, .SQLITE_ERROR:
      RenderError(
        .inputOutput, "the ledger \(path) is damaged (\(text(error)))",
        remedy: "sqlite3 \"\(path)\" .recover | sqlite3 recovered.sqlite saves what can be read; "
          + "move it aside with its -wal and -shm files, and a new one is begun. The clips are not touched")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      RenderError(
        .inputOutput, "the ledger \(path) was held by another program for 10 seconds",
        remedy: "see which with fuser \"\(path)\"")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      RenderError(.inputOutput, "the ledger \(path) cannot be written (\(text(error)))", remedy: elsewhere)
    default:
      RenderError(.inputOutput, "\(doing) the ledger \(path) failed: \(text(error))", remedy: elsewhere)
    }
  }

  static func foreign(_ path: String, _ why: String) -> RenderError {
    RenderError(
      .inputOutput, "\(path) is not a ledger of Moviola: \(why)",
      remedy: "move it aside, with its -wal and -shm files if it has them, and a new one is begun; or set MOVIOLA_HOME")
  }

  private static func text(_ error: DatabaseError) -> String { error.message ?? "\(error.resultCode)" }

  private static func reason(_ error: any Error) -> String {
    let error = error as NSError
    if let reason = error.userInfo[OpeningLock.reasonKey] as? String { return reason }
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(cause.code)))
    }
    if error.domain == NSCocoaErrorDomain, error.code == CocoaError.fileWriteFileExists.rawValue {
      return "there is a file where its folder should be"
    }
    let text = error.localizedDescription
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
