import Foundation
import Fuzzing
import Tensors
import Testing

@testable import Checkpoints

/// Damaged and hostile archives, pickles, GGUF files and LoRAs may be refused, but never crash, hang, or give tensors
/// outside the file.
@Suite struct FormatFuzzTests {
  private let pickle = PickleCode.dictionary([
    ("a", PickleCode.tensor("0", [2, 2], strides: [2, 1], offset: 1, stored: 5)),
    ("b.weight", PickleCode.tensor("1", [1], strides: [1], stored: 1)), ("epoch", PickleCode.number(3)),
  ])

  private func check(_ entries: [TensorEntry], _ byteCount: Int) {
    for entry in entries {
      #expect(entry.range.lowerBound >= 0 && entry.range.upperBound <= byteCount)
      #expect(entry.type.byteCount(of: entry.shape) == entry.range.count)
    }
  }

  @Test func archivesNeverCrash() {
    var fuzzer = Fuzzer(seed: 11)
    let small = zipArchive([("m/data.pkl", Array("}.".utf8)), ("m/data/0", [1, 2, 3, 4])])
    fuzzer.run(on: [torchArchive(pickle, ["0": [1, 2, 3, 4, 5], "1": [6]]), small]) { bytes in
      guard let archive = try? TorchArchive(parsing: bytes, path: "fuzz") else { return }
      check(archive.entries, bytes.count)
    }
  }

  @Test func picklesNeverCrash() {
    var fuzzer = Fuzzer(seed: 12)
    let protocol4 =
      [0x80, 4, 0x95] + [UInt8](repeating: 0, count: 8) + Array("}".utf8) + [0x94, 0x8C, 1]
      + Array("aG\0\0\0\0\0\0\0\0s2h\0(Nl0].".utf8)
    fuzzer.run(on: [pickle, protocol4, Array("(K\u{1}M\u{1}\u{1}J\u{1}\u{1}\u{1}\u{1}d]N]Nae}b.".utf8)]) { bytes in
      // Around the mutated pickle everything is in order, so that more of the mutations get far.
      let file = torchArchive(bytes, ["0": [1, 2, 3, 4, 5], "1": [6]])
      guard let archive = try? TorchArchive(parsing: file, path: "fuzz") else { return }
      check(archive.entries, file.count)
    }
  }

  @Test func ggufFilesNeverCrash() throws {
    var fuzzer = Fuzzer(seed: 13)
    let folder = try TemporaryFolder()
    let golden = try #require(Bundle.module.resourcePath) + "/Goldens/quantised.gguf"
    let whole = try Checkpoint(path: golden).files[0].mapping.contents(limit: 1 << 20, part: "golden")
    try fuzzer.run(on: [whole, gguf(), gguf(sizes: [64, 2], type: 8, data: 136)]) { bytes in
      guard let header = try? GGUFHeader(parsing: bytes, path: "fuzz") else { return }
      check(header.entries, bytes.count)
      let path = try folder.write(bytes, to: "fuzz.gguf")
      guard let checkpoint = try? Checkpoint(path: path) else { return }
      for name in checkpoint.names {
        let tensor = try checkpoint.tensor(named: name)
        #expect(tensor.floats().count == tensor.elementCount)
      }
      try? checkpoint.verifyFinite()
    }
  }

  @Test func lorasAndScalesNeverCrash() throws {
    var fuzzer = Fuzzer(seed: 14)
    let folder = try TemporaryFolder()
    let base = try folder.write(sample("head.head.weight", [2, 3], "F32", 24), to: "base.safetensors")
    let checkpoint = try Checkpoint(path: base).renamed(by: .transformer)
    let texts = [
      sample("head.head.lora_down.weight", [2, 3], "F32", 24, "head.head.lora_up.weight", [2, 2], 16),
      sample("head.head.diff", [2, 3], "F32", 24, "head.head.alpha", [], 4),
      sample("head.head.weight", [2, 3], "F8_E4M3", 6, "head.head.scale_weight", [], 4),
    ]
    try fuzzer.run(on: texts.map { Array($0.dropFirst(8)) }) { rest in
      let text = rest.prefix { $0 != 0 }
      let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) }
      let path = try folder.write(length + text + [UInt8](repeating: 0, count: 40), to: "fuzz.safetensors")
      try exercise(path, checkpoint)
    }
  }

  private func exercise(_ path: String, _ base: Checkpoint) throws {
    if let renamed = try? Checkpoint(path: path).renamed(by: .transformer) {
      for name in renamed.names { #expect(try renamed.values(named: name).elementCount >= 0) }
    }
    guard let lora = try? LoRA(path: path), let changed = try? base.adding(lora, strength: 1) else { return }
    #expect(try changed.values(named: "proj_out.weight").elementCount == 6)
  }

  /// Data follows as 40 zeros, so the sizes add up to that with a third tensor.
  private func sample(
    _ name: String, _ shape: [Int], _ type: String, _ size: Int, _ other: String = "x", _ otherShape: [Int] = [],
    _ otherSize: Int = 4
  ) -> [UInt8] {
    let end = size + otherSize
    return safetensors(
      #"{"\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[0,\#(size)]},"#
        + #""\#(other)":{"dtype":"F32","shape":\#(otherShape),"data_offsets":[\#(size),\#(end)]},"#
        + #""scaled_fp8":{"dtype":"U8","shape":[\#(40 - end)],"data_offsets":[\#(end),40]}}"#, data: 40)
  }
}
