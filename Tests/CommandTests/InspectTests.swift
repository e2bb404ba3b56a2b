import Checkpoints
import Foundation
import GoldenModel
import Tensors
import Testing

@testable import moviola

@Suite struct InspectTests {
  /// A copy of the golden model that `body` may damage.
  private func withCopy(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.copyItem(atPath: GoldenModel.path, toPath: path)
    try body(path)
  }

  private func problem(_ path: String) -> CheckpointError? {
    do throws(CheckpointError) {
      try InspectedSubject(path: path).verifyValues()
      return nil
    } catch {
      return error
    }
  }

  private func replace(_ path: String, _ body: (inout Data) -> Void) throws {
    let url = URL(fileURLWithPath: path)
    var data = try Data(contentsOf: url)
    body(&data)
    try data.write(to: url)
  }

  @Test func aModelIsDescribedPartByPart() throws {
    let subject = try InspectedSubject(path: GoldenModel.path)
    try subject.verifyValues()
    let report = subject.report(listingTensors: false)
    #expect(report.hasPrefix("\(GoldenModel.path): WanPipeline, experts change at timestep 875, 1 MB\n"))
    for line in [
      "text_encoder   UMT5EncoderModel · 22 tensors · 41 thousand parameters · float32 · 167 kB · 1 file",
      "width 48, layers 2, heads 2×24, feed-forward 96", "612 ids, end 1", "UniPCMultistepScheduler", "shift 3.0",
      "one latent for 4 frames of 8×8 pixels",
    ] {
      #expect(report.contains(line), "\(report)")
    }
  }

  @Test func aFileAndItsTensorsAreDescribed() throws {
    let path = GoldenModel.path + "/transformer/diffusion_pytorch_model.safetensors"
    let report = try InspectedSubject(path: path).report(listingTensors: true)
    #expect(report.contains("WanTransformer3DModel · 69 tensors"))
    #expect(report.contains("blocks.1.ffn.net.0.proj.weight  float32  [96, 48]"))
  }

  @Test func damageIsNamed() throws {
    try withCopy { path in
      let weights = path + "/vae/diffusion_pytorch_model.safetensors"
      try replace(weights) { $0.removeLast(100) }
      #expect(problem(path)?.path == weights)
      #expect(problem(path)?.description.contains("truncated: holds") == true)
    }
    try withCopy { path in
      let weights = path + "/transformer_2/diffusion_pytorch_model.safetensors"
      try replace(weights) { $0.replaceSubrange($0.count - 4..<$0.count, with: [0, 0, 0xC0, 0x7F]) }
      #expect(problem(path)?.path == weights)
      #expect(problem(path)?.description.contains("NaN") == true)
    }
    try withCopy { path in
      try FileManager.default.removeItem(atPath: path + "/tokenizer/spiece.model")
      #expect(problem(path) == CheckpointError(.notFound, path: path + "/tokenizer/spiece.model"))
    }
    try withCopy { path in
      try replace(path + "/transformer/config.json") { $0 = Data("{".utf8) }
      #expect(problem(path)?.path == path + "/transformer/config.json")
    }
  }

  @Test func checksumsAreCompared() throws {
    try withCopy { path in
      let list = URL(fileURLWithPath: path + "/vae/SHA256SUMS")
      let weights = path + "/vae/diffusion_pytorch_model.safetensors"
      let digest = Checksums.digest(of: try MappedFile(path: weights))
      try Data("\(digest)  diffusion_pytorch_model.safetensors\n".utf8).write(to: list)
      #expect(problem(path) == nil)
      try Data("\(String(digest.reversed()))  diffusion_pytorch_model.safetensors\n".utf8).write(to: list)
      for subject in [path, path + "/vae", weights] {
        #expect(problem(subject)?.path == weights)
        #expect(problem(subject)?.description.contains("SHA-256") == true)
      }
    }
  }
}

@Suite struct TraceCaseTests {
  @Test func aTextThatIsNoneIsRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "case-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("{\"a\": null, \"b\": \"t\", \"c\": 7}".utf8).write(to: folder.appending(path: "case.json"))
    let test = try TraceCase(folder: folder.path, device: CPU(precision: .reference))
    #expect(try test.optionalString("a") == nil && test.optionalString("x") == nil)
    #expect(try test.optionalString("b") == "t")
    #expect(throws: CheckpointError.self) { try test.optionalString("c") }
  }
}
