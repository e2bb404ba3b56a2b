import Foundation
import Rendering
import Synchronization
import Testing

@testable import History

@Suite struct WatchTests {
  @Test func changesOfOthersAreNoticed() async throws {
    try await withLedger { ledger in
      let other = try Ledger(at: ledger.file)
      let (noticed, signal) = AsyncStream<Void>.makeStream()
      let reader = Task {
        for await _ in ledger.changes() { signal.yield() }
      }
      // The watch begins with the reader; until it has, changes may pass unseen.
      let writer = Task {
        while !Task.isCancelled {
          _ = try await other.add([NewJob(recipe("a star"))])
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      for await _ in noticed { break }
      writer.cancel()
      reader.cancel()
    }
  }

  @Test func nothingIsSaidWhileNobodyWrites() async throws {
    try await withLedger { ledger in
      _ = try await ledger.add([NewJob(recipe("a star"))])
      let count = Mutex(0)
      let reader = Task {
        for await _ in ledger.changes() { count.withLock { $0 += 1 } }
      }
      try await Task.sleep(for: .milliseconds(300))
      let before = count.withLock { $0 }
      for _ in 0..<20 { _ = try await ledger.page(JobQuery(filter: JobFilter("star"))) }
      try await Task.sleep(for: .milliseconds(300))
      #expect(count.withLock { $0 } == before)
      reader.cancel()
    }
  }
}
