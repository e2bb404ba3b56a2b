import Foundation
import Testing

@testable import Checkpoints

/// What is remembered of files goes by when they were changed, and harms nobody when it is lost or damaged.
@Suite struct FingerprintMemoryTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "fingerprints-\(UUID().uuidString)")
  private var weights: URL { folder.appending(path: "weights") }
  private var memory: URL { folder.appending(path: "cache/fingerprints") }

  /// Files that were last changed some seconds ago, as far as a memory cares.
  private func settled(_ body: ([String]) async throws -> Void) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("weights".utf8).write(to: weights)
    try await settle()
    try await body([weights.path])
  }

  private func settle() async throws {
    while try !FileReader(path: weights.path, capacity: 0).isSettled { try await Task.sleep(for: .milliseconds(200)) }
  }

  private func lines() throws -> [String] {
    try String(contentsOf: memory, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Puts another fingerprint into the file: who answers with it has not read the weights.
  private func forge(_ forged: String) throws {
    let forgedLines = try lines().map { String($0.prefix(65)) + forged + "\n" }
    try Data(forgedLines.joined().utf8).write(to: memory)
  }

  @Test func theNextProcessNeedsNotRead() async throws {
    try await settled { paths in
      let first = try FingerprintMemory(file: memory.path).fingerprint(of: paths)
      #expect(try first == Fingerprint.of(paths))
      let forged = String(repeating: "5", count: 64)
      try forge(forged)
      #expect(try FingerprintMemory(file: memory.path).fingerprint(of: paths) == forged)
      #expect(try FingerprintMemory().fingerprint(of: paths) == first)
    }
  }

  /// Whatever size and date say.
  @Test func aChangeIsNoticed() async throws {
    try await settled { paths in
      let known = FingerprintMemory(file: memory.path)
      let first = try known.fingerprint(of: paths)
      let date = try FileManager.default.attributesOfItem(atPath: weights.path)[.modificationDate]
      let handle = try FileHandle(forWritingTo: weights)
      try handle.write(contentsOf: Data("weightz".utf8))
      try handle.close()
      try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: weights.path)
      let second = try Fingerprint.of(paths)
      #expect(second != first)
      #expect(try known.fingerprint(of: paths) == second)
      #expect(try lines().count == 1, "what was changed a moment ago is not remembered")
      try await settle()
      #expect(try known.fingerprint(of: paths) == second)
      #expect(try lines().count == 2)
    }
  }

  @Test func whatIsDamagedCountsAsNothing() async throws {
    try await settled { paths in
      let first = try FingerprintMemory(file: memory.path).fingerprint(of: paths)
      let line = try #require(lines().first)
      for damage in ["", "\n\n", String(line.dropLast()), line + "0", line.replacing(" ", with: ""), "\u{0}\u{ff}"] {
        try Data(damage.utf8).write(to: memory)
        #expect(try FingerprintMemory(file: memory.path).fingerprint(of: paths) == first)
        #expect(try lines() == [line])
      }
    }
  }

  @Test func theOldestGo() async throws {
    try await settled { paths in
      try FileManager.default.createDirectory(
        at: memory.deletingLastPathComponent(), withIntermediateDirectories: true)
      let others = (0..<FingerprintMemory.room).map { number in
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits + " " + String(repeating: "a", count: 64)
      }
      try Data(others.map { $0 + "\n" }.joined().utf8).write(to: memory)
      _ = try FingerprintMemory(file: memory.path).fingerprint(of: paths)
      #expect(try lines().dropLast() == others.dropFirst())
    }
  }

  /// A file stands where its folder should be.
  @Test func aPlaceThatCannotBeWrittenIsSaid() async throws {
    try await settled { paths in
      let nowhere = FingerprintMemory(file: weights.path + "/below/fingerprints")
      let read = try Fingerprint.of(paths)
      #expect(try nowhere.fingerprint(of: paths) == read)
      #expect(nowhere.problem?.contains("cannot be kept") == true)
      #expect(throws: CheckpointError.self) { try nowhere.fingerprint(of: [weights.path + ".gone"]) }
    }
  }
}
