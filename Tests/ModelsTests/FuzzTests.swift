import Checkpoints
import Foundation
import Fuzzing
import Rendering
import Testing

@testable import Models

/// Damaged state files may be refused, but never crash or hang.
@Suite struct FuzzTests {
  @Test func namesNeverCrash() throws {
    var names = ModelNames()
    names.aliases = [
      "a": ModelLocation(path: "/a"), "b": ModelLocation(path: "/é", experts: ExpertFiles(high: "/h", low: nil)),
    ]
    names.active = names.aliases["b"]
    let sample = [UInt8](try StateFile<ModelNames>.encode(names))
    var fuzzer = Fuzzer(seed: 21)
    fuzzer.run(on: [sample, Array("{}".utf8)]) { bytes in
      guard let read = try? StateFile<ModelNames>.decode(bytes, "fuzz", "names") else { return }
      #expect((try? StateFile<ModelNames>.encode(read)) != nil)
      #expect(NearNames.of("ab", among: Array(read.aliases.keys)).count <= 3)
    }
  }

  @Test func recordsNeverCrash() throws {
    var records = ModelRecords()
    let stamp = FileStamp(#filePath)
    records.files["/f"] = ModelRecords.File(
      sample: "00", sha256: "11", stamp: stamp, noted: Date(timeIntervalSince1970: 1))
    records.models["/m"] = ModelRecords.Model(
      files: ["/f": try #require(stamp)], noted: Date(timeIntervalSince1970: 2), isVerified: true)
    let sample = [UInt8](try StateFile<ModelRecords>.encode(records))
    var fuzzer = Fuzzer(seed: 22)
    fuzzer.run(on: [sample]) { bytes in
      guard let read = try? StateFile<ModelRecords>.decode(bytes, "fuzz", "records") else { return }
      for key in read.models.keys { _ = read.health(of: ModelLocation(path: key)) }
    }
  }

  @Test func checksumListsNeverCrash() throws {
    let folder = try Home()
    let list = folder.path + "/SHA256SUMS"
    let digest = String(repeating: "0f", count: 32)
    var fuzzer = Fuzzer(seed: 23)
    try fuzzer.run(on: [Array("\(digest)  a/b.txt\n\(digest) *c\n".utf8), Array(digest.utf8)]) { bytes in
      try Data(bytes).write(to: URL(filePath: list))
      try Data(bytes).write(to: URL(filePath: folder.path + "/c.sha256"))
      let metadata = folder.path + "/.cache/huggingface/download"
      try FileManager.default.createDirectory(atPath: metadata, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(filePath: metadata + "/c.metadata"))
      guard let expected = try? ExpectedDigest.all(of: folder.path + "/c", root: folder.path) else { return }
      #expect(expected.allSatisfy { $0.digest.count == 64 || $0.digest.count == 40 })
    }
  }
}
