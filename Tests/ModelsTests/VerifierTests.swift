import Checkpoints
import Foundation
import Rendering
import SampleModels
import Synchronization
import Tensors
import Testing

@testable import Models

@Suite struct VerifierTests {
  private let home: Home
  private let registry: ModelRegistry
  private static let weights = "transformer/diffusion_pytorch_model.safetensors"

  init() throws {
    home = try Home()
    registry = home.registry()
  }

  private func verify(_ path: String, quick: Bool = false, accept: Bool = false) throws -> VerificationReport {
    try registry.verify(
      ModelLocation(path: path), options: VerificationOptions(trustsUnchanged: quick, acceptsChanges: accept))
  }

  private func health(_ path: String) throws -> ModelHealth { try registry.health(of: ModelLocation(path: path)) }

  private func flip(_ file: String) throws { try home.damage(file) { $0[$0.count / 2] ^= 1 } }

  @Test func aSoundModelIsRememberedAndChangesAreNoticed() throws {
    let path = try home.model("m")
    #expect(try health(path) == .unverified)
    let report = try verify(path)
    #expect(report.isSound && report.files.count == 13)
    #expect(report.files.allSatisfy { $0.sha256?.count == 64 && $0.agreesWith.isEmpty })
    guard case .sound = try health(path) else { return #expect(Bool(false)) }
    // Another time, as then; by reading, and by size and date alone.
    for quick in [false, true] {
      let again = try verify(path, quick: quick)
      #expect(again.isSound && again.files.map(\.sha256) == report.files.map(\.sha256))
      #expect(again.files.allSatisfy { $0.agreesWith.first?.hasPrefix("Moviola's record") == true })
    }
    try flip("\(path)/\(Self.weights)")
    guard case .changed(let file, _) = try health(path) else { return #expect(Bool(false)) }
    #expect(file.hasSuffix(Self.weights))
    let changed = try verify(path, quick: true)
    #expect(changed.problems.count == 1 && changed.problems[0].contains("--accept"))
    guard case .damaged = try health(path) else { return #expect(Bool(false)) }
    #expect(try verify(path, accept: true).isSound)
    guard case .sound = try health(path) else { return #expect(Bool(false)) }
  }

  @Test func theFirstUseIsRemembered() throws {
    let path = try home.model("m")
    let location = ModelLocation(path: path)
    try registry.noteUse(of: location)
    #expect(try health(path) == .unverified)
    try flip("\(path)/\(Self.weights)")
    guard case .changed = try health(path) else { return #expect(Bool(false)) }
    // A second use does not make the change good.
    try registry.noteUse(of: location)
    let report = try verify(path)
    #expect(report.problems.count == 1 && report.problems[0].contains(Self.weights))
  }

  @Test func aChecksumFileNamesTheWrongFile() throws {
    let path = try home.model("m")
    let digest = try FileAudit(reading: "\(path)/\(Self.weights)").sha256
    try "\(digest) *\(Self.weights)\n".write(toFile: path + "/sha256sums.txt", atomically: true, encoding: .utf8)
    let own = try FileAudit(reading: path + "/vae/config.json").sha256
    try own.write(toFile: path + "/vae/config.json.sha256", atomically: true, encoding: .utf8)
    let sound = try verify(path)
    #expect(sound.isSound)
    #expect(
      sound.files.filter { !$0.agreesWith.isEmpty }.flatMap(\.agreesWith) == ["sha256sums.txt", "config.json.sha256"])
    try flip("\(path)/\(Self.weights)")
    // Its own record would be taken anew, a checksum is not.
    let report = try verify(path, accept: true)
    #expect(report.problems.count == 1)
    #expect(report.problems[0].contains(Self.weights) && report.problems[0].contains("sha256sums.txt says \(digest)"))
    try "nonsense\n".write(toFile: path + "/sha256sums.txt", atomically: true, encoding: .utf8)
    #expect(try verify(path).problems.first?.contains("line 1 is not") == true)
  }

  /// It says nothing about the model, which stays what it was.
  @Test func aListThatCannotBeReadMakesNoModelDamaged() throws {
    let path = try home.model("m")
    try "nonsense\n".write(toFile: path + "/SHA256SUMS", atomically: true, encoding: .utf8)
    #expect(try verify(path).problems.count == 1)
    #expect(try health(path) == .unverified)
  }

  @Test func theHuggingFaceCacheSaysWhatAFileShouldBe() throws {
    let path = try home.cached()
    let sound = try verify(path)
    #expect(sound.isSound, "\(sound.problems)")
    #expect(sound.files.allSatisfy { $0.agreesWith == ["the Hugging Face cache"] })
    for (file, algorithm) in [(Self.weights, "SHA-256"), ("vae/config.json", "git's SHA-1")] {
      try home.damage("\(path)/\(file)") { data in
        if algorithm == "SHA-256" { data[data.count - 3] ^= 1 } else { data.append(0x20) }
      }
    }
    let report = try verify(path)
    #expect(report.problems.count == 2)
    #expect(report.problems.contains { $0.contains("hf download Wan-AI/Tiny \(Self.weights) --force-download") })
    #expect(report.problems.contains { $0.contains("git's SHA-1") && $0.contains("vae/config.json") })
  }

  @Test func aDownloadRecordCounts() throws {
    let path = try home.model("m")
    let folder = path + "/.cache/huggingface/download/transformer"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let digest = try FileAudit(reading: "\(path)/\(Self.weights)").sha256
    try "commit\n\(digest)\n1700000000.0\n".write(
      toFile: "\(folder)/diffusion_pytorch_model.safetensors.metadata", atomically: true, encoding: .utf8)
    #expect(try verify(path).files.flatMap(\.agreesWith) == ["the Hugging Face download record"])
    try flip("\(path)/\(Self.weights)")
    #expect(try verify(path).problems.first?.contains("download record says \(digest)") == true)
  }

  @Test func structureIsAnAnswerByItself() throws {
    let path = try home.model("m")
    try home.damage("\(path)/\(Self.weights)") { $0.removeLast(10) }
    try FileManager.default.removeItem(atPath: path + "/tokenizer/spiece.model")
    let report = try verify(path)
    #expect(report.files.isEmpty && report.problems.count == 2)
    #expect(report.problems[0].contains("truncated") && report.problems[1].contains("spiece.model"))
  }

  @Test func aShardThatTheCacheLacksIsNamed() throws {
    let path = try home.cached()
    let file = "\(path)/\(Self.weights)"
    try FileManager.default.removeItem(atPath: file)
    let index = #"{"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#
    try index.write(toFile: file + ".index.json", atomically: true, encoding: .utf8)
    let report = try verify(path)
    #expect(report.problems.first?.contains("hf download Wan-AI/Tiny transformer/m-1.safetensors") == true)
  }

  private func change(_ path: String, _ tensor: String, _ values: (Int) -> Float) throws {
    let file = "\(path)/\(Self.weights)"
    let checkpoint = try Checkpoint(path: file)
    let tensors = try checkpoint.names.map { name in
      let old = try checkpoint.tensor(named: name)
      guard name == tensor else { return (name: name, tensor: old.copy()) }
      return (name: name, tensor: Tensor((0..<old.elementCount).map(values), shape: old.shape))
    }
    try SafetensorsWriter.write(tensors, to: file)
  }

  @Test func valuesThatAreNoWeightsAreNamed() throws {
    let path = try home.model("m")
    try change(path, "blocks.1.ffn.net.2.weight") { $0 == 5 ? .nan : 0.1 }
    let nan = try verify(path).problems
    #expect(nan.count == 1 && nan[0].contains("blocks.1.ffn.net.2.weight") && nan[0].contains("index 5"))
    try change(path, "blocks.1.ffn.net.2.weight") { _ in 0 }
    let zero = try verify(path, accept: true).problems
    #expect(zero.count == 1 && zero[0].contains("nothing but zeros"))
    // A bias may be zero.
    try change(path, "blocks.1.ffn.net.2.weight") { Float($0) }
    try change(path, "blocks.1.ffn.net.2.bias") { _ in 0 }
    #expect(try verify(path, accept: true).isSound)
  }

  @Test func singleFilesAndChosenExpertsAreVerifiedToo() throws {
    let sample = SampleModel(in: home.path + "/comfy")
    let high = try sample.writeComfyUI()
    let report = try verify(high)
    #expect(report.isSound && report.files.count == 4)
    let other = try sample.writeTransformer("other.gguf", seed: 5)
    let location = ModelLocation(path: high, experts: ExpertFiles(high: high, low: other))
    #expect(try registry.verify(location).files.map(\.path).contains(other))
    #expect(try registry.health(of: location) != .unverified)
  }

  @Test func progressAddsUp() throws {
    let path = try home.model("m")
    let seen = Mutex<[VerificationProgress]>([])
    _ = try registry.verify(
      ModelLocation(path: path),
      observe: { event in
        if case .progress(let progress) = event { seen.withLock { $0.append(progress) } }
      })
    let last = try #require(seen.withLock { $0.max { $0.bytesDone < $1.bytesDone } })
    #expect(last.bytesDone == last.bytesTotal && seen.withLock { $0.map(\.filesDone).max() } == last.fileCount)
  }

  @Test func aCancelledVerificationRemembersNothing() throws {
    let path = try home.model("m")
    #expect(throws: CancellationError.self) {
      try registry.verify(ModelLocation(path: path), isCancelled: { true })
    }
    #expect(try health(path) == .unverified)
  }
}
