import Foundation
import GRDB
import Rendering
import Testing

@testable import History

@Suite struct OpeningTests {
  private func failure(_ file: URL) -> RenderError? {
    do throws(RenderError) {
      _ = try Ledger(at: file)
      return nil
    } catch {
      return error
    }
  }

  @Test func aLedgerIsMadeOnceAndOpenedByManyAtOnce() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "deep/er/library.sqlite")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<6 {
          group.addTask { _ = try await Ledger(at: file).add([NewJob(recipe("\(number)"))]) }
        }
        try await group.waitForAll()
      }
      #expect(try await Ledger(at: file).count(JobFilter()) == 6)
    }
  }

  @Test func whatIsNotALedgerIsLeftAlone() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "library.sqlite")
      let text = Data("this is a diary, not a database; it is long enough to be looked at. ".utf8) + Data(count: 4096)
      try text.write(to: file)
      let error = try #require(failure(file))
      #expect(error.what.contains("is not a ledger") && error.remedy?.contains("move it aside") == true)
      #expect(try Data(contentsOf: file) == text)
    }
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "library.sqlite")
      try DatabaseQueue(path: file.path).write { try $0.execute(sql: "CREATE TABLE photo (id INTEGER)") }
      let before = try Data(contentsOf: file)
      #expect(failure(file)?.what.contains("another program's database") == true)
      #expect(try Data(contentsOf: file) == before)
    }
  }

  @Test func aNewerLedgerIsRefused() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "library.sqlite")
      _ = try await Ledger(at: file).write {
        try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 holograms')")
      }
      let error = try #require(failure(file))
      #expect(error.what.contains("newer Moviola") && error.remedy?.contains("update") == true)
      #expect(#expect(throws: RenderError.self) { try Ledger.checkIntegrity(of: file) } == error)
    }
  }

  @Test func damageIsSaidWithAWayOut() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "library.sqlite")
      try await fillAndClose(file)
      let handle = try FileHandle(forUpdating: file)
      try handle.seek(toOffset: 4096)
      try handle.write(contentsOf: Data(repeating: 0xA5, count: 40 * 4096))
      try handle.close()
      let error: RenderError?
      do {
        _ = try await Ledger(at: file).page(JobQuery())
        error = nil
      } catch let caught as RenderError {
        error = caught
      }
      #expect(error?.what.contains("damaged") == true)
      #expect(error?.remedy?.contains(".recover") == true)
    }
  }

  @Test func whatWasMovedAsideIsWholeAndANewOneIsBegun() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "library.sqlite")
      _ = try await Ledger(at: file).add([NewJob(recipe("a star"))])
      let aside = try Ledger.moveAside(file, now: Date(timeIntervalSince1970: 7))
      #expect(aside.lastPathComponent == "library.sqlite.aside-7")
      #expect(try await Ledger(at: file).count(JobFilter()) == 0)
      #expect(try await Ledger(at: aside).count(JobFilter()) == 1)
    }
  }

  @Test func aDiskThatFillsUpIsSaidAndLosesNothing() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "library.sqlite")
      let ledger = try Ledger(at: file)
      let jobs = (0..<50).map { NewJob(recipe("star \($0)")) }
      let kept = try await ledger.add(jobs)
      // SQLite says the same when it may not grow as when the disk is full.
      try await ledger.pool.writeWithoutTransaction { database in
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        try database.execute(sql: "PRAGMA max_page_count = \(pages + 1)")
      }
      let error = await #expect(throws: RenderError.self) { _ = try await ledger.add(jobs) }
      #expect(error?.code == .noSpace && error?.remedy == "free some space")
      #expect(try await ledger.page(JobQuery(sort: .oldestFirst)).jobs == kept)
    }
  }

  private func fillAndClose(_ file: URL) async throws {
    let ledger = try Ledger(at: file)
    _ = try await ledger.add((0..<200).map { NewJob(recipe("star \($0)")) })
    try await ledger.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
  }

  @Test func aFolderThatCannotBeMadeIsNamed() async throws {
    try await withFolder { folder in
      try Data().write(to: folder.appending(path: "file"))
      for place in ["file/library.sqlite", "file/deep/library.sqlite"] {
        let error = try #require(failure(folder.appending(path: place)))
        #expect(error.code == .inputOutput && error.what.contains("file"))
        #expect(!error.what.hasSuffix("."))
        #expect(error.remedy?.contains("MOVIOLA_HOME") == true)
      }
      #expect(failure(URL(filePath: "/proc/library.sqlite"))?.remedy?.contains("MOVIOLA_HOME") == true)
    }
  }

  @Test func aFullDiskAndABusyLedgerHaveSentences() {
    let file = URL(filePath: "/x/library.sqlite")
    func sentence(_ code: ResultCode) -> RenderError? {
      LedgerFailure.sentence(for: DatabaseError(resultCode: code, message: "m"), "writing", file) as? RenderError
    }
    #expect(sentence(.SQLITE_FULL)?.code == .noSpace)
    #expect(sentence(.SQLITE_FULL)?.what.contains("disk is full") == true)
    #expect(sentence(.SQLITE_BUSY)?.what.contains("another program") == true)
    #expect(sentence(.SQLITE_READONLY)?.remedy?.contains("MOVIOLA_HOME") == true)
    #expect(sentence(.SQLITE_IOERR)?.what == "writing the ledger /x/library.sqlite failed: m")
    #expect(
      LedgerFailure.sentence(for: DatabaseError(resultCode: .SQLITE_INTERRUPT), "reading", file) is CancellationError)
  }

  /// Every version of the tables, filled and brought up to date.
  @Test func oldLedgersAreBroughtUpToDate() async throws {
    try await withFolder { folder in
      for (number, name) in LedgerSchema.migrator.migrations.enumerated() {
        let file = folder.appending(path: "\(number).sqlite")
        try LedgerSchema.migrator.migrate(try DatabaseQueue(path: file.path), upTo: name)
        let ledger = try Ledger(at: file)
        _ = try await ledger.add([NewJob(recipe("a star"))])
        #expect(try await ledger.count(JobFilter("star")) == 1)
      }
    }
  }
}
