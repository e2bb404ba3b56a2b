import Checkpoints
import Foundation
import Fuzzing
import GoldenModel
import Testing

@testable import WanModel

/// Damaged configurations and wild texts may be refused, but never crash or hang.
@Suite struct FuzzTests {
  private let path = NSTemporaryDirectory() + "moviola-\(UUID().uuidString).json"

  private func sample(_ name: String) throws -> [UInt8] {
    try MappedFile(path: "\(GoldenModel.path)/\(name)").contents(limit: 1 << 20, part: "sample")
  }

  @Test func configurationsNeverCrash() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let names = [
      "transformer/config.json", "text_encoder/config.json", "vae/config.json", "model_index.json",
      "scheduler/scheduler_config.json",
    ]
    let samples = try names.map(sample)
    var fuzzer = Fuzzer(seed: 5)
    try fuzzer.run(on: samples) { bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      _ = (try? TransformerConfiguration(file: path)).map(\.dim)
      _ = (try? TextEncoderConfiguration(file: path)).map(\.dModel)
      _ = (try? VAEConfiguration(file: path)).map(\.temporalStride)
      _ = try? PipelineConfiguration(file: path)
      _ = try? SchedulerConfiguration(file: path)
    }
  }

  /// A text encoder's file may carry any bytes as its tokenizer.
  @Test func tokenizersNeverCrash() throws {
    let folder = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var fuzzer = Fuzzer(seed: 7)
    try fuzzer.run(on: [try sample("tokenizer/spiece.model")]) { bytes in
      try Data(bytes).write(to: URL(filePath: folder + "/spiece.model"))
      guard let tokenizer = try? Tokenizer(folder: folder) else { return }
      _ = try? tokenizer.encode("a red ball 红球 </s> ▁ e\u{301} &amp;", maxLength: 64)
    }
  }

  @Test func namesOfExpertsNeverCrash() {
    let names = ["Wan2.2-T2V-A14B-HighNoise-Q4_K_M.gguf", "红_high_noise/é low.safetensors", "__HIGH__"]
    var fuzzer = Fuzzer(seed: 8)
    fuzzer.run(on: names.map { Array($0.utf8) }) { bytes in
      let name = ExpertName(String(decoding: bytes, as: UTF8.self))
      #expect(name.noise == nil || name.noise?.other != name.noise)
    }
  }

  @Test func textsNeverCrash() throws {
    let tokenizer = try Tokenizer(folder: GoldenModel.path + "/tokenizer")
    let texts = [
      "a red ball &amp; a “fox” </s>", "schÃ¶n â€œdÃ©jÃ  vuâ€ ðŸ˜€", "\u{1B}[31mred\u{1B}[0m \u{85}\u{92}",
      "一只红色的狐狸，ＦＵＬＬ", "&#x1F600;&EACUTE;&CounterClockwiseContourIntegral;", "<extra_id_3> e\u{301}\u{FFFD}",
    ]
    var fuzzer = Fuzzer(seed: 6)
    try fuzzer.run(on: texts.map { Array($0.utf8) }) { bytes in
      let tokens = try tokenizer.encode(String(decoding: bytes, as: UTF8.self), maxLength: 64)
      #expect(tokens.ids.count <= 64 && tokens.ids.last == tokenizer.endID)
      #expect(tokens.ids.allSatisfy { (0..<612).contains($0) })
    }
  }
}
