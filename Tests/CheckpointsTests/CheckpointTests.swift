import Foundation
import Tensors
import Testing

@testable import Checkpoints

@Suite struct CheckpointTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func save(_ tensors: [String: Tensor], _ name: String = "model.safetensors") throws {
    let sorted = tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }
    try SafetensorsWriter.write(sorted, metadata: ["made \"by\"": "a\ttest"], to: folder.path + "/" + name)
  }

  private func cause(_ body: () throws -> Void) -> CheckpointError? {
    do {
      try body()
      return nil
    } catch {
      return error as? CheckpointError
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    try save(["a": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), "b": Tensor([], shape: [0])])
    let checkpoint = try Checkpoint(path: folder.path)
    #expect(checkpoint.names == ["a", "b"])
    #expect(checkpoint.parameterCount == 6)
    #expect(checkpoint.files[0].metadata == ["made \"by\"": "a\ttest"])
    let tensor = try checkpoint.tensor(named: "a", shape: [2, 3])
    #expect(tensor.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.safetensors"])
  }

  @Test func aTensorOutlivesItsCheckpoint() throws {
    try save(["a": Tensor([7], shape: [1])])
    let tensor = try Checkpoint(path: folder.path + "/model.safetensors").tensor(named: "a")
    #expect(tensor.floats() == [7])
  }

  @Test func tensorsThatTheFileDoesNotAlignAreStillRead() throws {
    var file = safetensors(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 0)
    #expect(file.count % 4 != 0)
    file += withUnsafeBytes(of: Float(2.5)) { [UInt8]($0) }
    let path = try folder.write(file, to: "odd.safetensors")
    #expect(try Checkpoint(path: path).tensor(named: "a").floats() == [2.5])
  }

  @Test func shardsAreOne() throws {
    try save(["a": Tensor([1], shape: [1])], "m-1.safetensors")
    try save(["b": Tensor([2], shape: [1])], "m-2.safetensors")
    let index = #"{"metadata":{"total_size":8},"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#
    try folder.write(index, to: "m.safetensors.index.json")
    let checkpoint = try Checkpoint(path: folder.path)
    #expect(checkpoint.files.count == 2)
    #expect(try checkpoint.tensor(named: "b").floats() == [2])
    try checkpoint.verify(against: ["a": [1], "b": [1]])
  }

  @Test func aMissingShardIsNamed() throws {
    try save(["a": Tensor([1], shape: [1])], "m-1.safetensors")
    let index = #"{"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors","c":"m-2.safetensors"}}"#
    try folder.write(index, to: "m.safetensors.index.json")
    let error = cause { _ = try Checkpoint(path: folder.path) }
    #expect(error?.cause == .missingShard(name: "m-2.safetensors", tensorCount: 2))
    #expect(error?.path == folder.path + "/m.safetensors.index.json")
  }

  @Test func aTensorAbsentFromItsShardIsNamed() throws {
    try save(["a": Tensor([1], shape: [1])], "m-1.safetensors")
    try folder.write(
      #"{"weight_map":{"a":"m-1.safetensors","b":"m-1.safetensors"}}"#, to: "m.safetensors.index.json")
    let error = cause { _ = try Checkpoint(path: folder.path) }
    #expect(error?.cause == .notInShard)
    #expect(error?.tensor == "b")
  }

  @Test(arguments: ["../m.safetensors", "/etc/passwd", "..", ".", "", #"a\u0000b"#, "x/y"])
  func shardNamesCannotLeaveTheFolder(_ name: String) throws {
    try folder.write(#"{"weight_map":{"a":"\#(name)"}}"#, to: "m.safetensors.index.json")
    guard case .badShardName? = cause({ _ = try Checkpoint(path: folder.path) })?.cause else {
      Issue.record("\(name) was accepted")
      return
    }
  }

  @Test(arguments: ["", "[]", "{}", #"{"weight_map":{}}"#, #"{"weight_map":{"a":1}}"#, #"{"weight_map":[]}"#])
  func badIndexesAreRefused(_ text: String) throws {
    try folder.write(text, to: "m.safetensors.index.json")
    guard case .malformed("index", _)? = cause({ _ = try Checkpoint(path: folder.path) })?.cause else {
      Issue.record("\(text) was accepted")
      return
    }
  }

  @Test func whatIsNotACheckpointIsSaid() throws {
    #expect(cause { _ = try Checkpoint(path: folder.path + "/none") }?.cause == .notFound)
    #expect(cause { _ = try Checkpoint(path: folder.path) }?.cause == .noWeights)
    #expect(cause { _ = try Checkpoint(path: "/dev/null") }?.cause == .notARegularFile)
    try folder.write("", to: "a.safetensors")
    #expect(cause { _ = try Checkpoint(path: folder.path) }?.cause == .empty)
    try folder.write("", to: "b.safetensors")
    let two = CheckpointError.Cause.ambiguousWeights(names: ["a.safetensors", "b.safetensors"])
    #expect(cause { _ = try Checkpoint(path: folder.path) }?.cause == two)
    #expect(cause { _ = try Checkpoint(path: folder.write("GGUF", to: "x")) }?.description.contains("GGUF") == true)
  }

  @Test func verifyNamesTheFirstAndCountsTheOthers() throws {
    try save(["a": Tensor([1], shape: [1]), "b": Tensor([1, 2], shape: [2])])
    let checkpoint = try Checkpoint(path: folder.path)
    func verify(_ expected: [String: [Int]]) -> CheckpointError? {
      cause { try checkpoint.verify(against: expected, optional: ["o": [3]]) }
    }
    #expect(verify(["a": [1], "b": [2]]) == nil)
    #expect(verify(["a": [1], "b": [2], "c": [1], "d": [1]])?.cause == .missing(others: 1))
    #expect(verify(["a": [1], "b": [2], "c": [1]])?.tensor == "c")
    #expect(verify(["a": [9], "b": [9]])?.cause == .wrongShape(found: [1], expected: [9], others: 1))
    #expect(verify(["a": [1]])?.cause == .unexpected(others: 0))
    #expect(verify(["a": [1]])?.tensor == "b")
  }

  @Test func valuesThatAreNotFiniteAreNamed() throws {
    try save(["a": Tensor([1, 2], shape: [2]), "b": Tensor([0, .infinity, .nan], shape: [3])])
    let error = cause { try Checkpoint(path: folder.path).verifyFinite() }
    #expect(error?.tensor == "b")
    #expect(error?.description.contains("index 1") == true)
  }

  @Test func writingWhereOneCannotIsSaid() {
    let error = cause { try SafetensorsWriter.write([], to: "/nowhere/x.safetensors") }
    guard case .notWritable? = error?.cause else {
      Issue.record("no error")
      return
    }
  }

  @Test func checksumsAreCompared() throws {
    let path = try folder.write("abc", to: "abc.txt")
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(Checksums.digest(of: try MappedFile(path: path)) == digest)
    let list = try folder.write("\(digest.uppercased())  abc.txt\n\n", to: "SHA256SUMS")
    try Checksums(path: list).verify()
    try folder.write("abd", to: "abc.txt")
    guard case .checksumMismatch? = cause({ try Checksums(path: list).verify() })?.cause else {
      Issue.record("a changed file passed")
      return
    }
  }

  /// As on Windows, as `find -exec sha256sum` writes it: every line counts, in whatever form.
  @Test(arguments: ["\r\n", "\n"], ["", "./"]) func everyLineOfAListCounts(_ end: String, _ before: String) throws {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    for name in ["a", "b"] { try folder.write("abc", to: name) }
    let list = try folder.write("\(digest)  \(before)a\(end)\(digest) *\(before)b\(end)", to: "SHA256SUMS")
    #expect(try Checksums(path: list).digests == ["a": digest, "b": digest])
    try folder.write("abd", to: "b")
    guard case .checksumMismatch? = cause({ try Checksums(path: list).verify() })?.cause else {
      Issue.record("a changed file passed")
      return
    }
  }

  @Test(arguments: ["zz  a", "0123 a", String(repeating: "0", count: 64) + "  ../a", "x"])
  func badChecksumListsAreRefused(_ line: String) throws {
    let list = try folder.write(line, to: "SHA256SUMS")
    #expect(cause { _ = try Checksums(path: list) }?.cause == .badChecksumLine(number: 1))
  }
}
