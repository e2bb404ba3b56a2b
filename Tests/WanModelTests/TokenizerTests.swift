import Checkpoints
import Foundation
import GoldenModel
import Tensors
import Testing

@testable import WanModel

@Suite struct TokenizerTests {
  private func tokenizer() throws -> Tokenizer { try Tokenizer(folder: GoldenModel.path + "/tokenizer") }

  @Test(arguments: Goldens.cases("tokenize-"))
  func idsAreThoseOfThePipelines(_ name: String) throws {
    let golden = try GoldenCase(name)
    let maxLength = try #require(golden.parameters["max_length"]?.integer)
    let tokenizer = try tokenizer()
    for (index, text) in (golden.parameters["texts"]?.array ?? []).enumerated() {
      let expected = try golden.expected.tensor(named: "input_ids.\(index)").floats().map { Int32($0) }
      let tokens = try tokenizer.encode(text.string ?? "", maxLength: maxLength)
      #expect(tokens.ids == expected, "\(text)")
    }
  }

  /// Every unit of the normaliser's table in turn sent far away, and each is noticed; the whole one is sound.
  @Test func aNormaliserTableThatPointsOutsideIsRefused() {
    // Field 3, a message; in it field 2, bytes: 256 units of four bytes, and one text.
    func model(_ units: [UInt32], _ texts: [UInt8]) -> [UInt8] {
      let array = units.flatMap { unit in (0..<4).map { UInt8(truncatingIfNeeded: unit >> UInt32(8 * $0)) } }
      let size = (0..<4).map { UInt8(truncatingIfNeeded: array.count >> (8 * $0)) }
      func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count & 127 | 128), UInt8(bytes.count >> 7)] + bytes
      }
      return field(3, field(2, size + array + texts))
    }
    let sound = [UInt32](repeating: 0, count: 256)
    #expect(NormaliserTable.isSound(in: model(sound, [65, 0])))
    #expect(!NormaliserTable.isSound(in: model(sound, [65])))
    for index in sound.indices {
      for wrong: UInt32 in [1 << 31 | 2, 256 << 10, 0x1FFFFF << 10, 1 << 10 | 1 << 9] {
        var units = sound
        units[index] = wrong
        #expect(!NormaliserTable.isSound(in: model(units, [65, 0])))
      }
    }
    // A unit that says that a word ends there, and its leaf, which another unit shares.
    var units = sound
    units[7] = 1 << 8
    #expect(!NormaliserTable.isSound(in: model(units, [65, 0])))
    for (leaf, isSound) in [(UInt32(1 << 31), true), (1 << 31 | 1, true), (1 << 31 | 2, false), (1, false)] {
      units = sound
      units[0] = 1 << 8 | 9 << 10
      units[9] = leaf
      #expect(NormaliserTable.isSound(in: model(units + sound, [65, 0])) == isSound, "\(leaf)")
    }
    #expect(NormaliserTable.isSound(in: []) && NormaliserTable.isSound(in: [0x1A, 0xFF]))
  }

  @Test func aModelWithoutNormaliserKeepsWhatTheTextHas() throws {
    let tokenizer = try Tokenizer(folder: Goldens.path("identity-tokenizer"))
    let list = try JSON(file: Goldens.path("identity-tokenizer/ids.json"), part: "list").array ?? []
    #expect(list.count == 10)
    for entry in list {
      let expected = entry["ids"]?.array?.compactMap(\.integer).map { Int32($0) }
      let ids = try tokenizer.encode(entry["text"]?.string ?? "").ids
      #expect(ids == expected, "\(entry["text"]?.string ?? "")")
    }
  }

  @Test func aCutTextKeepsItsEndAndSaysSo() throws {
    let tokenizer = try tokenizer()
    let text = String(repeating: "camera ", count: 600)
    let cut = try tokenizer.encode(text, maxLength: 32)
    #expect(cut.ids.count == 32)
    #expect(cut.ids.last == tokenizer.endID)
    #expect(cut.isTruncated)
    #expect(cut.fullCount > 600)
    let short = try tokenizer.encode("a", maxLength: 32)
    #expect(!short.isTruncated)
    #expect(short.padded(to: 32) == short.ids + [Int32](repeating: 0, count: 32 - short.ids.count))
    #expect(try tokenizer.encode("a", maxLength: 1).ids == [1])
    #expect(try tokenizer.encode("a", maxLength: .min).ids == [1])
    #expect(try tokenizer.encode("").ids == [1])
  }

  @Test func theVocabularyCoversTheSpecialTokens() throws {
    #expect(try tokenizer().vocabularySize == 612)
  }

  @Test func longTextsTakeReasonableTime() throws {
    let tokenizer = try tokenizer()
    for unit in ["a red ball ", "雪", "&amp;", "<extra_id_", "Ã", "\u{1B}[", "\n"] {
      let text = String(repeating: unit, count: 100_000 / unit.utf8.count)
      let start = ContinuousClock.now
      let tokens = try tokenizer.encode(text, maxLength: 512)
      #expect(tokens.ids.count <= 512)
      #expect(ContinuousClock.now - start < .seconds(20), "\(unit)")
    }
  }

  @Test func damagedFilesAreNamed() throws {
    let folder = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: CheckpointError(.notFound, path: folder + "/spiece.model")) { try Tokenizer(folder: folder) }
    try Data("garbage".utf8).write(to: URL(fileURLWithPath: folder + "/spiece.model"))
    #expect(throws: CheckpointError.self) { try Tokenizer(folder: folder) }
    try FileManager.default.removeItem(atPath: folder + "/spiece.model")
    try FileManager.default.copyItem(
      atPath: Goldens.path("identity-tokenizer/spiece.model"), toPath: folder + "/spiece.model")
    try Data("[1".utf8).write(to: URL(fileURLWithPath: folder + "/tokenizer.json"))
    #expect(throws: CheckpointError.self) { try Tokenizer(folder: folder) }
  }

  @Test func tokenizerJSONNamesTheSpecialTokens() throws {
    let folder = NSTemporaryDirectory() + "moviola-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.copyItem(
      atPath: Goldens.path("identity-tokenizer/spiece.model"), toPath: folder + "/spiece.model")
    let json =
      #"{"version":"1.0","truncation":null,"added_tokens":[{"id":700,"content":"<cut>","lstrip":true},"#
      + #"{"id":701,"content":"<cut>s","single_word":true},{"id":-1,"content":"x"},{"id":702}],"model":{"#
    try Data(json.utf8).write(to: URL(fileURLWithPath: folder + "/tokenizer.json"))
    let tokenizer = try Tokenizer(folder: folder)
    #expect(tokenizer.vocabularySize == 702)
    let a = try tokenizer.encode("a").ids.dropLast()
    #expect(try tokenizer.encode("a <cut>a").ids == a + [700] + a + [1])
    #expect(try tokenizer.encode("<cut>s").ids == [701, 1])
  }
}
