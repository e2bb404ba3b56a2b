import Tensors
import Testing

@testable import Checkpoints

@Suite struct TorchArchiveTests {
  private func cause(_ file: [UInt8]) -> CheckpointError.Cause? {
    do throws(CheckpointError) {
      _ = try TorchArchive(parsing: file, path: "x.pth")
      return nil
    } catch {
      return error.cause
    }
  }

  private func forbidden(_ pickle: [UInt8]) -> String? {
    guard case .forbiddenPickle(let what)? = cause(torchArchive(pickle)) else { return nil }
    return what
  }

  @Test func tensorsAreReadWhereTheyLie() throws {
    let pickle = PickleCode.dictionary([
      ("a", PickleCode.tensor("0", [2, 2], strides: [2, 1], offset: 1, stored: 5)),
      ("b", PickleCode.tensor("0", [1], strides: [7], stored: 5)), ("epoch", PickleCode.number(3)),
    ])
    let folder = try TemporaryFolder()
    let path = try folder.write(torchArchive(pickle, ["0": [1, 2, 3, 4, 5]]), to: "x.pth")
    let checkpoint = try Checkpoint(path: path)
    #expect(checkpoint.names == ["a", "b"])
    #expect(try checkpoint.tensor(named: "a", shape: [2, 2]).floats() == [2, 3, 4, 5])
    #expect(try checkpoint.tensor(named: "b").floats() == [1])
  }

  @Test func aStateDictionaryInsideATrainingCheckpointIsFound() throws {
    let inner = PickleCode.dictionary([("a", PickleCode.tensor("0", [1], strides: [1], stored: 1))])
    let pickle = PickleCode.dictionary([("step", PickleCode.number(1)), ("state_dict", Array(inner.dropLast()))])
    let archive = try TorchArchive(parsing: torchArchive(pickle, ["0": [9]]), path: "x.pth")
    #expect(archive.entries.map(\.name) == ["a"])
  }

  @Test func everythingElseIsRefusedByName() {
    let call = Array("(".utf8) + PickleCode.text("touch x") + Array("tR.".utf8)
    #expect(forbidden(PickleCode.global("posix", "system") + call) == "the global posix.system")
    #expect(forbidden(PickleCode.global("torch", "load") + call) == "the global torch.load")
    #expect(
      forbidden(PickleCode.global("torch.serialization", "FloatStorage") + call)?.contains("FloatStorage") == true)
    let stacked = PickleCode.text("builtins") + PickleCode.text("eval") + [0x93] + call
    #expect(forbidden(stacked) == "the global builtins.eval")
    #expect(forbidden(Array("(iposix\nsystem\n.".utf8))?.contains("INST") == true)
    #expect(forbidden(Array(")".utf8) + [0x81] + Array(".".utf8))?.contains("NEWOBJ") == true)
    #expect(forbidden(PickleCode.global("torch", "FloatStorage") + Array(")R.".utf8)) == "a call of a storage")
    #expect(forbidden(Array("]}b.".utf8))?.contains("BUILD") == true)
  }

  @Test func tensorsBeyondTheirStorageAreRefused() {
    for tensor in [
      PickleCode.tensor("0", [1 << 42], strides: [1], stored: 1 << 42),
      PickleCode.tensor("0", [4], strides: [1], offset: 1, stored: 4),
      PickleCode.tensor("0", [4], strides: [1], offset: -1, stored: 4),
      PickleCode.tensor("1", [1], strides: [1], stored: 1),
      PickleCode.tensor("0", [1 << 40, 1 << 40], strides: [1, 1], stored: 4),
      PickleCode.tensor("0", [-1, -1], strides: [1, 1], stored: 4),
    ] {
      #expect(cause(torchArchive(PickleCode.dictionary([("a", tensor)]), ["0": [1, 2, 3, 4]])) != nil)
    }
    let transposed = PickleCode.tensor("0", [2, 2], strides: [1, 2], stored: 4)
    #expect(
      cause(torchArchive(PickleCode.dictionary([("a", transposed)]), ["0": [1, 2, 3, 4]]))
        == .transposed(strides: [1, 2]))
  }

  @Test func damagedPicklesAreRefused() {
    for text in ["", ".", "}", "a.", "(", "e.", "h\u{1}.", "q\u{1}.", "Q.", "R.", "}N.", "((t."] {
      guard case .malformed("pickle", _)? = cause(torchArchive(Array(text.utf8))) else {
        Issue.record("expected a malformed pickle: \(text)")
        continue
      }
    }
  }

  @Test func nestingCostsNoStack() {
    let deep = [UInt8](repeating: UInt8(ascii: "]"), count: 200_000)
    let filled = deep + [UInt8](repeating: UInt8(ascii: "a"), count: 199_999) + Array(".".utf8)
    #expect(cause(torchArchive(filled)) != nil)
    let tuples = Array("N".utf8) + [UInt8](repeating: 0x85, count: 500_000) + Array(".".utf8)
    #expect(cause(torchArchive(tuples)) != nil)
  }

  @Test func archivesThatPyTorchDoesNotWriteAreRefused() {
    let pickle = PickleCode.dictionary([("a", PickleCode.tensor("0", [1], strides: [1], stored: 1))])
    let good = torchArchive(pickle, ["0": [1]])
    #expect(cause(good) == nil)
    for file in [
      zipArchive([("m/data.pkl", pickle)], method: 8), zipArchive([("x", [])]), Array(good.dropLast(1)),
      Array(good.dropFirst(1)), good + [0], [],
    ] {
      guard case .malformed("zip directory", _)? = cause(file) else {
        Issue.record("expected a malformed archive")
        continue
      }
    }
    let twice = zipArchive([("m/data.pkl", pickle), ("m/data.pkl", pickle)])
    #expect(cause(twice) == .malformed(part: "zip directory", detail: "m/data.pkl occurs twice"))
  }

  @Test func offsetsAndCountsAreBlamedThemselves() {
    func sentence(_ tensor: [UInt8]) -> String {
      let file = torchArchive(PickleCode.dictionary([("a", tensor)]), ["0": [1, 2, 3, 4]])
      return #expect(throws: CheckpointError.self) { try TorchArchive(parsing: file, path: "x.pth") }?.description ?? ""
    }
    for (offset, stored, words) in [
      (-1, 4, "its offset in the storage is -1"), (Int.max, 4, "its offset in the storage is \(Int.max)"),
      (0, -4, "its storage announces -4 values"), (0, 5, "the 5 values that its storage announces"),
      (1, 4, "at offset 1 goes beyond"),
    ] {
      let text = sentence(PickleCode.tensor("0", [4], strides: [1], offset: offset, stored: stored))
      #expect(text.contains("tensor a: the pickle is malformed: ") && text.contains(words), "\(text)")
    }
  }
}
