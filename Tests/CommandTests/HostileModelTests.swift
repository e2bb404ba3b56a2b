import Checkpoints
import Foundation
import GoldenModel
import Rendering
import SampleModels
import Tensors
import Testing
import WanModel

@testable import moviola

/// Files that were cut off, damaged or made to hurt: inspecting and rendering them ends in one sentence, soon, with
/// little memory, and nothing of them is executed.
@Suite final class HostileModelTests {
  private let folder = NSTemporaryDirectory() + "moviola-hostile-\(UUID().uuidString)"
  private var sample: SampleModel { SampleModel(in: folder) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The sentence with which a body ends, and within what time.
  private func sentence(_ body: () throws -> Void) -> String? {
    let start = ContinuousClock.now
    defer { #expect(ContinuousClock.now - start < .seconds(10)) }
    do {
      try body()
      return nil
    } catch {
      let failure = Failure(error)
      #expect(failure.status == .badModel, "\(failure)")
      #expect(!failure.sentence.contains("\n"))
      return failure.sentence
    }
  }

  private func inspect(_ path: String) -> String? {
    sentence {
      let subject = try InspectedSubject(path: path)
      try subject.verifyValues()
    }
  }

  /// What `render --model` does before it loads weights.
  private func render(_ model: String, loras: [LoRAUse] = [], experts: ExpertFiles? = nil) -> String? {
    sentence {
      var (engine, recipe) = try EngineProvider.live.open(model, experts: experts)
      (recipe.prompt, recipe.width, recipe.height, recipe.frameCount) = ("a ball", 32, 32, 1)
      recipe.loras = loras
      _ = try engine.plan(recipe)
    }
  }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
    return "\(folder)/\(name)"
  }

  private func le<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  /// A GGUF file of one tensor, with counts as they please.
  private func gguf(tensors: UInt64 = 1, pairs: UInt64 = 0, sizes: [UInt64] = [4], type: UInt32 = 0) -> [UInt8] {
    var file = Array("GGUF".utf8) + le(UInt32(3)) + le(tensors) + le(pairs) + le(UInt64(1)) + Array("a".utf8)
    file += le(UInt32(sizes.count)) + sizes.flatMap { le($0) } + le(type) + le(UInt64(0))
    return file + [UInt8](repeating: 0, count: 96)
  }

  private func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
    le(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  /// A pickle that would make a file when it is executed, in a zip archive that is all right.
  private func evilPickle() -> [UInt8] {
    let call = "cposix\nsystem\n(X\u{1B}\u{0}\u{0}\u{0}touch \(folder)/EXECUTED"
    return [0x80, 2] + Array(call.utf8) + Array("tR.".utf8)
  }

  static let shapes: [(name: String, word: String)] = [
    ("billion.gguf", "1000000000 tensors"), ("pairs.gguf", "metadata entries"), ("odd.gguf", "no whole blocks"),
    ("overflow.gguf", "overflow"), ("cut.gguf", "GGUF"), ("legacy.pth", "pickle"), ("evil.pth", "zip"),
    ("empty.safetensors", "empty"), ("deep.safetensors", "header"), ("huge.safetensors", "header"),
    ("big-shape.safetensors", "overflows"), ("pointer.safetensors", "Git LFS"),
  ]

  private func bytes(_ name: String) -> [UInt8] {
    switch name {
    case "billion.gguf": gguf(tensors: 1_000_000_000)
    case "pairs.gguf": gguf(pairs: 1 << 40)
    case "odd.gguf": gguf(sizes: [33], type: 8)
    case "overflow.gguf": gguf(sizes: [1 << 40, 1 << 40], type: 0)
    case "cut.gguf": Array(gguf().prefix(30))
    case "legacy.pth": evilPickle()
    case "evil.pth": Array("PK\u{3}\u{4}".utf8) + evilPickle()
    case "deep.safetensors": safetensors(String(repeating: "[", count: 1_000_000))
    case "huge.safetensors": le(UInt64.max) + [0x7B]
    case "big-shape.safetensors":
      safetensors(#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}"#)
    case "pointer.safetensors": Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8)
    default: []
    }
  }

  @Test(arguments: shapes.map(\.name)) func aHostileFileIsASentence(_ name: String) throws {
    let path = try write(bytes(name), name)
    let word = try #require(Self.shapes.first { $0.name == name }).word
    let found = try #require(inspect(path))
    #expect(found.contains(path) && found.contains(word), "\(found)")
    #expect(render(path)?.contains(path) == true)
    #expect(!FileManager.default.fileExists(atPath: folder + "/EXECUTED"))
  }

  /// The same files in the places of a model's parts.
  @Test(arguments: shapes.map(\.name)) func aHostilePartIsASentence(_ name: String) throws {
    let high = try sample.writeComfyUI()
    let low = high.replacing("high", with: "low")
    let suffix = (name as NSString).pathExtension
    let damaged = (low as NSString).deletingPathExtension + "." + suffix
    try FileManager.default.removeItem(atPath: low)
    try Data(bytes(name)).write(to: URL(filePath: damaged))
    #expect(render(high)?.contains(damaged) == true, "\(render(high) ?? "accepted")")
    try sample.writeComfyUI()
    if damaged != low { try FileManager.default.removeItem(atPath: damaged) }
    let encoder = folder + "/text_encoders/umt5_xxl.safetensors"
    try FileManager.default.removeItem(atPath: encoder)
    try Data(bytes(name)).write(to: URL(filePath: folder + "/text_encoders/umt5_bad." + suffix))
    #expect(render(high) != nil)
  }

  /// 64 MiB of zeros, deflated to a fraction: nothing is unpacked.
  @Test func aZipBombIsNotUnpacked() throws {
    let name = Array("m/data.pkl".utf8)
    let packed = [UInt8](repeating: 0, count: 200)
    let sizes = le(UInt32(200)) + le(UInt32(64 << 20))
    let local =
      Array("PK\u{3}\u{4}".utf8) + le(UInt16(20)) + le(UInt16(0)) + le(UInt16(8)) + le(UInt32(0))
      + le(UInt32(0)) + sizes + le(UInt16(name.count)) + le(UInt16(0)) + name + packed
    let entry =
      Array("PK\u{1}\u{2}".utf8) + le(UInt16(20)) + le(UInt16(20)) + le(UInt16(0)) + le(UInt16(8))
      + le(UInt32(0)) + le(UInt32(0)) + sizes + le(UInt16(name.count)) + [UInt8](repeating: 0, count: 12)
      + le(UInt32(0)) + name
    let end =
      Array("PK\u{5}\u{6}".utf8) + le(UInt32(0)) + le(UInt16(1)) + le(UInt16(1)) + le(UInt32(UInt32(entry.count)))
      + le(UInt32(UInt32(local.count))) + le(UInt16(0))
    let path = try write(local + entry + end, "bomb.pth")
    let before = Self.peak
    let found = try #require(inspect(path))
    #expect(found.contains("compressed") || found.contains("different sizes"), "\(found)")
    #expect(render(path) != nil)
    #expect(Self.peak - before < 32 << 20)
  }

  /// Peak resident bytes of this process.
  private static var peak: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return MemoryProbe.kibibytes("VmHWM:", in: status) ?? 0
  }

  @Test func aLoRAOfAnotherModelIsRefused() throws {
    let high = try sample.writeComfyUI()
    let lora = folder + "/other_lora.safetensors"
    try SafetensorsWriter.write(
      [
        ("lora_unet_down_blocks_0.lora_down.weight", Tensor.zeros([4, 320])),
        ("lora_unet_down_blocks_0.lora_up.weight", Tensor.zeros([320, 4])),
      ], to: lora)
    let found = try #require(render(high, loras: [LoRAUse(path: lora)]))
    #expect(found.contains("this LoRA does not fit the model") && found.contains("2 of its 2 tensors"))
    // Right names, other sizes.
    try SafetensorsWriter.write(
      [
        ("diffusion_model.blocks.0.ffn.0.lora_down.weight", Tensor.zeros([4, 5120])),
        ("diffusion_model.blocks.0.ffn.0.lora_up.weight", Tensor.zeros([13824, 4])),
      ], to: lora)
    #expect(render(high, loras: [LoRAUse(path: lora)])?.contains("where the model has") == true)
    #expect(render(high, loras: [LoRAUse(path: high)])?.contains("no tensor that a LoRA consists of") == true)
  }

  @Test func twoHighNoiseExpertsAreRefused() throws {
    let high = try sample.writeComfyUI()
    let other = try sample.writeTransformer("diffusion_models/wan2.2_t2v_high_noise_other.safetensors", seed: 9)
    #expect(render(folder)?.contains("2 files that could be the high-noise expert") == true)
    let both = render(high, experts: ExpertFiles(high: high, low: other))
    #expect(both?.contains("by its name it is the high-noise expert") == true, "\(both ?? "accepted")")
    #expect(render(high, experts: ExpertFiles(high: high, low: high))?.contains("same weights") == true)
  }

  /// As the VAE of Wan 2.2 has them, 48 channels instead of 16.
  @Test func aVAEOfOtherLatentsIsRefused() throws {
    let high = try sample.writeComfyUI()
    let file = folder + "/vae/wan_2.1_vae.safetensors"
    let checkpoint = try Checkpoint(path: file)
    let tensors = try checkpoint.names.map { name in
      let tensor = try checkpoint.tensor(named: name)
      guard name.hasPrefix("conv2.") else { return (name: name, tensor: tensor.copy()) }
      return (name: name, tensor: Tensor.zeros(tensor.shape.map { $0 == 16 ? 48 : $0 }))
    }
    try SafetensorsWriter.write(tensors, to: file)
    #expect(render(high)?.contains("channels") == true, "\(render(high) ?? "accepted")")
    #expect(render(GoldenModel.path, experts: ExpertFiles(high: high)) == nil)
  }

  @Test func aFolderThatIsNoModelIsRefused() throws {
    _ = try write([1, 2, 3], "notes.txt")
    #expect(render(folder)?.contains("not a whole model") == true)
    #expect(render(folder + "/nothing")?.contains("no model") == true)
    #expect(render("/dev/null") != nil)
  }
}
