import Foundation
import Tensors
import Testing

@testable import Checkpoints

@Suite struct FileAuditTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The digests are those of `sha256sum` and `git hash-object`.
  @Test func digestsAreThoseOfTheTools() throws {
    let path = try folder.write("abc", to: "abc.txt")
    let audit = try FileAudit(reading: path, wantsGitSHA1: true)
    #expect(audit.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(audit.gitSHA1 == "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f")
    #expect(audit.byteCount == 3 && audit.problem == nil)
    #expect(try FileAudit(reading: folder.write("", to: "empty")).sha256.hasPrefix("e3b0c442"))
  }

  @Test func piecesCoverTheFileOnceAndInOrder() {
    func entry(_ range: Range<Int>, _ type: ElementType = .float32) -> TensorEntry {
      TensorEntry(name: "t\(range.lowerBound)", type: type, shape: [range.count], range: range)
    }
    let entries = [entry(100..<5000), entry(10..<60), entry(60..<100, .q80), entry(90..<200), entry(6000..<6001)]
    for largest in [1, 7, 64, 1000, 1 << 20] {
      let pieces = FileAudit.pieces(entries, byteCount: 7000, largest: largest)
      #expect(pieces.first?.range.lowerBound == 0 && pieces.last?.range.upperBound == 7000)
      #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
      #expect(pieces.allSatisfy { $0.range.count <= max(largest, 34) })
    }
    // A tensor that shares bytes with one before it, or lies outside, is not looked at a second time.
    let names = Set(FileAudit.pieces(entries, byteCount: 5500).compactMap(\.tensor?.name))
    #expect(names == ["t10", "t60", "t100"])
  }

  @Test func valuesAreFoundAcrossPieces() throws {
    // Larger than a piece, so that the index counts from the tensor's beginning.
    let count = FileAudit.piece / 4 + 1000
    var values = [Float](repeating: 0, count: count)
    values[count - 1] = .infinity
    let path = folder.path + "/m.safetensors"
    try SafetensorsWriter.write([("a", Tensor(values, shape: [2, count / 2]))], to: path)
    let entries = try WeightsFile(path: path).entries
    let audit = try FileAudit(reading: path, tensors: entries)
    #expect(audit.problem?.cause == .notFinite(index: count - 1))
    #expect(audit.sha256 == Checksums.digest(of: try MappedFile(path: path)))
    values[count - 1] = 0
    try SafetensorsWriter.write([("a", Tensor(values, shape: [2, count / 2]))], to: path)
    #expect(try FileAudit(reading: path, tensors: entries).problem?.cause == .allZero(shape: [2, count / 2]))
    values[count - 1] = 1e-30
    try SafetensorsWriter.write([("a", Tensor(values, shape: [2, count / 2]))], to: path)
    #expect(try FileAudit(reading: path, tensors: entries).problem == nil)
  }

  @Test func whatCannotBeReadIsSaid() throws {
    for (path, cause) in [("/nowhere", CheckpointError.Cause.notFound), ("/dev/null", .notARegularFile)] {
      let error = #expect(throws: CheckpointError.self) { try FileAudit(reading: path) }
      #expect(error?.cause == cause)
    }
    let path = try folder.write("x", to: "x")
    #expect(throws: CancellationError.self) { try FileAudit(reading: path, isCancelled: { true }) }
  }

  @Test func aPointerOfGitIsNotTheFile() throws {
    let text = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 28600000000\n"
    let path = try folder.write(text, to: "model.safetensors")
    let error = #expect(throws: CheckpointError.self) { try WeightsFile(path: path) }
    #expect(error?.description.contains("git lfs pull") == true)
  }
}
