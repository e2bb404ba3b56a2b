import Foundation
import Tensors
import Testing

@testable import Checkpoints

@Suite struct GGUFTests {
  private func golden(_ name: String) throws -> Checkpoint {
    try Checkpoint(path: try #require(Bundle.module.resourcePath) + "/Goldens/" + name)
  }

  /// The golden comes from the Python package `gguf`; see Goldens/make.py.
  @Test(arguments: [
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "F16", "BF16", "F32",
  ])
  func everyFormatExpandsToTheLastBit(_ name: String) throws {
    let stored = try golden("quantised.gguf").tensor(named: name)
    let expected = try golden("quantised.safetensors").tensor(named: name)
    #expect(stored.shape == expected.shape)
    #expect(stored.floats() == expected.floats())
    #expect(stored.type.isQuantised == name.hasPrefix("Q"))
    // Rows by themselves, as a product takes them.
    let row = stored.shape[1]
    #expect(stored.rows(1..<2).floats() == Array(expected.floats()[row..<2 * row]))
    #expect(Weight(stored).expandedRows(2..<3).floats() == Array(expected.floats()[(2 * row)...]))
    #expect(stored.firstNonFinite() == nil)
  }

  @Test func aScaleThatIsNotFiniteIsFound() throws {
    let stored = try golden("quantised.gguf").tensor(named: "Q6_K").copy()
    let infinity: [UInt8] = [0x00, 0x7C]
    let damaged = stored.withUnsafeBytes { bytes -> [UInt8] in
      Array(bytes[..<(210 + 208)]) + infinity + Array(bytes[420...])
    }
    let owner = Owner(damaged)
    let storage = Storage(mapped: owner.address, byteCount: damaged.count, owner: owner)
    #expect(Tensor(shape: stored.shape, type: .q6K, storage: storage).firstNonFinite() == 256)
  }

  private final class Owner {
    let address: UnsafeRawPointer
    init(_ bytes: [UInt8]) {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
      bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count) }
      address = UnsafeRawPointer(memory)
    }
    deinit { address.deallocate() }
  }

  private func cause(_ file: [UInt8]) -> CheckpointError.Cause? {
    do throws(CheckpointError) {
      _ = try GGUFHeader(parsing: file, path: "x.gguf")
      return nil
    } catch {
      return error.cause
    }
  }

  @Test func sizesStandInnermostFirst() throws {
    let header = try GGUFHeader(parsing: gguf(sizes: [4, 2], data: 32), path: "x.gguf")
    #expect(header.entries.map(\.shape) == [[2, 4]])
    #expect(header.metadata["general.alignment"] == "32")
  }

  @Test func countsThatCannotBeAreRefused() {
    for file in [gguf(tensors: 1 << 62), gguf(tensors: 2), gguf(pairs: 1 << 60), gguf(alignment: 3), gguf(offset: 8)] {
      guard case .malformed? = cause(file) else {
        Issue.record("expected a malformed header")
        continue
      }
    }
  }

  @Test func shapesThatCannotBeAreRefused() {
    #expect(cause(gguf(sizes: [1 << 40, 1 << 40])) == .sizeOverflow(shape: [1 << 40, 1 << 40], type: "float32"))
    // Nothing in all, but some of its sizes together are too large.
    guard case .sizeOverflow? = cause(gguf(sizes: [1 << 40, 1 << 40, 0])) else {
      Issue.record("expected an overflow")
      return
    }
    #expect(cause(gguf(type: 250)) == .unknownType("250"))
    #expect(cause(gguf(type: 16)) == .unsupportedType("IQ2_XXS"))
    #expect(cause(gguf(version: 1)) == .unsupportedFormat("has GGUF version 1; 2 and 3 are supported"))
    guard case .badShape? = cause(gguf(sizes: [4, 0])), case .badShape? = cause(gguf(sizes: [1 << 63])) else {
      Issue.record("no values, or more than can be counted")
      return
    }
    guard case .truncated? = cause(gguf(sizes: [4], alignment: 1 << 20)) else {
      Issue.record("the data would begin at 1 MiB")
      return
    }
    guard case .badShape? = cause(gguf(sizes: [33], type: 8)) else {
      Issue.record("33 values are no whole block")
      return
    }
    guard case .truncated? = cause(gguf(sizes: [9])) else {
      Issue.record("nine values need 36 bytes")
      return
    }
  }

  private func sentence(_ file: [UInt8]) -> String {
    #expect(throws: CheckpointError.self) { try GGUFHeader(parsing: file, path: "x.gguf") }?.description ?? ""
  }

  /// A file without tensors that has these metadata; the value is given with its type.
  private func metadata(_ pairs: [(key: [UInt8], value: [UInt8])], announced: Int? = nil) -> [UInt8] {
    var file = Bytes(bytes: Array("GGUF".utf8))
    file.add(UInt32(3))
    file.add(UInt64(0))
    file.add(UInt64(announced ?? pairs.count))
    for (key, value) in pairs {
      file.add(UInt64(key.count))
      file.bytes += key + value
    }
    return file.bytes
  }

  @Test func metadataThatCannotBeAreRefused() {
    let (alignment, architecture) = (Array("general.alignment".utf8), Array("general.architecture".utf8))
    let (word, number): ([UInt8], [UInt8]) = ([8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 65], [4, 0, 0, 0, 32, 0, 0, 0])
    #expect(throws: Never.self) {
      try GGUFHeader(parsing: metadata([(alignment, number), (architecture, word)]), path: "x.gguf")
    }
    #expect(sentence(metadata([(alignment, word)])).contains("general.alignment has the type 8"))
    #expect(sentence(metadata([(architecture, number)])).contains("must be a text"))
    #expect(sentence(metadata([(architecture, word), (architecture, word)])).contains("occurs twice"))
    #expect(sentence(metadata([([0xFF], number)])).contains("not valid UTF-8"))
    // The count is right, and what it counts is not there.
    #expect(sentence(metadata([], announced: 1)).contains("it ends inside the length of a metadata key"))
  }

  @Test func offsetsBeyondTheFileAreToldWithTheSizeThatTheyNeed() {
    let file = gguf(offset: 1 << 20)
    #expect(sentence(file).contains("truncated: holds \(file.count) bytes and needs \((1 << 20) + 96 + 16)"))
    #expect(sentence(gguf(offset: .max - 31)).contains("offset \(UInt64.max - 31)"))
    #expect(sentence(gguf(sizes: [1 << 63])).contains("9223372036854775808"))
  }
}
