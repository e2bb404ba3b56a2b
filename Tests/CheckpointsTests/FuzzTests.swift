import Foundation
import Fuzzing
import Tensors
import Testing

@testable import Checkpoints

/// Damaged and hostile bytes may be refused, but never crash, hang, or give tensors outside the file.
@Suite struct FuzzTests {
  private let files = [
    safetensors(
      #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
        + #""b.weight":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"#
        + #""c":{"dtype":"I64","shape":[],"data_offsets":[32,40]}}"#, data: 40),
    safetensors(
      #"{"\u00e9\ud83c\udfac":{"shape":[1,0,7],"data_offsets":[0,0],"dtype":"F8_E4M3","x":[1,{"y":null}]}}   "#),
    safetensors("{}"), [],
  ]

  @Test func headersNeverCrash() {
    var fuzzer = Fuzzer(seed: 1)
    fuzzer.run(on: files) { bytes in
      guard let header = try? SafetensorsHeader(parsing: bytes, path: "fuzz") else { return }
      for entry in header.entries {
        #expect(entry.range.lowerBound >= 8 && entry.range.upperBound <= bytes.count)
        #expect(entry.type.byteCount(of: entry.shape) == entry.range.count)
      }
    }
  }

  @Test func headersBehindATrueLengthNeverCrash() {
    // Mutates the JSON alone and keeps length and data, so that more of the mutations get far.
    let texts = files.filter { $0.count >= 8 }.map { Array($0.dropFirst(8).prefix { $0 >= 0x20 }) }
    var fuzzer = Fuzzer(seed: 2)
    fuzzer.run(on: texts) { text in
      let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) }
      let error = problem(length + text + [UInt8](repeating: 0, count: 40))
      #expect(error.map { !$0.description.contains { $0.isNewline } } ?? true)
    }
  }

  @Test func filesThatOpenCanBeRead() throws {
    let folder = try TemporaryFolder()
    var fuzzer = Fuzzer(seed: 3)
    try fuzzer.run(on: files) { bytes in
      let path = try folder.write(bytes, to: "fuzz.safetensors")
      guard let checkpoint = try? Checkpoint(path: path) else { return }
      for name in checkpoint.names {
        let tensor = try checkpoint.tensor(named: name)
        #expect(tensor.floats().count == tensor.elementCount)
      }
      try? checkpoint.verifyFinite()
    }
  }

  @Test func indexesNeverCrash() throws {
    let index = #"{"metadata":{"total_size":8},"weight_map":{"a":"m-1.safetensors","b.c":"m-2.safetensors"}}"#
    var fuzzer = Fuzzer(seed: 4)
    fuzzer.run(on: [Array(index.utf8)]) { bytes in
      guard let json = try? JSON(parsing: bytes), let index = try? ShardIndex(json, path: "fuzz") else { return }
      #expect(!index.shards.isEmpty)
      #expect(index.shards.keys.allSatisfy { !$0.contains("/") && $0 != ".." })
    }
  }
}
