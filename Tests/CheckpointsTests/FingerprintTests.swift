import Foundation
import Testing

@testable import Checkpoints

@Suite struct FingerprintTests {
  @Test func everyByteOfASmallFileCounts() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fingerprint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (a, b) = (folder.appending(path: "a"), folder.appending(path: "b"))
    try Data("weights".utf8).write(to: a)
    try Data("more".utf8).write(to: b)
    let first = try Fingerprint.of([a.path, b.path])
    #expect(first.count == 64)
    #expect(try Fingerprint.of([a.path, b.path]) == first)
    #expect(try Fingerprint.of([b.path, a.path]) != first)
    try Data("weightz".utf8).write(to: a)
    #expect(try Fingerprint.of([a.path, b.path]) != first)
    // Bytes that move from one file to the next are another model.
    try Data("weight".utf8).write(to: a)
    try Data("smore".utf8).write(to: b)
    #expect(try Fingerprint.of([a.path, b.path]) != first)
  }

  @Test(arguments: [0, 1, 64 << 20, (64 << 20) + 1, 28_600_000_000])
  func whatCountsLiesInsideTheFile(_ byteCount: Int) {
    let ranges = Fingerprint.ranges(of: byteCount)
    #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= byteCount })
    #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
  }
}
