import Tensors
import Testing

@testable import Checkpoints

@Suite struct SafetensorsHeaderTests {
  @Test func readsEntriesInTheOrderOfTheData() throws {
    let file = safetensors(
      #"{"b":{"dtype":"F32","shape":[2,1],"data_offsets":[6,14]},"__metadata__":{"format":"pt"},"#
        + #""a":{"shape":[3],"dtype":"BF16","data_offsets":[0,6]},"e":{"dtype":"I64","shape":[0,9],"data_offsets":[14,14]}}   "#,
      data: 14)
    let header = try SafetensorsHeader(parsing: file, path: "x")
    let start = file.count - 14
    #expect(header.metadata == ["format": "pt"])
    #expect(
      header.entries == [
        TensorEntry(name: "a", type: .bfloat16, shape: [3], range: start..<start + 6),
        TensorEntry(name: "b", type: .float32, shape: [2, 1], range: start + 6..<start + 14),
        TensorEntry(name: "e", type: .int64, shape: [0, 9], range: start + 14..<start + 14),
      ])
  }

  @Test func aScalarAndAnEmptyFileOfTensorsAreFine() throws {
    let scalar = try SafetensorsHeader(
      parsing: safetensors(#"{"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}"#, data: 8), path: "x")
    #expect(scalar.entries.first?.elementCount == 1)
    #expect(try SafetensorsHeader(parsing: safetensors("{}"), path: "x").entries.isEmpty)
  }

  @Test func escapesInNamesAreResolved() throws {
    let file = safetensors(#"{"\u00e9\n\ud83c\udfac\"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1)
    #expect(try SafetensorsHeader(parsing: file, path: "x").entries.first?.name == "é\n🎬\"")
  }

  @Test func damageOfTheFileIsNamed() {
    #expect(problem([])?.cause == .empty)
    #expect(problem([1, 2, 3])?.cause == .truncated(byteCount: 3, needed: 8))
    #expect(problem(safetensors("{}", length: .max))?.cause == .badHeaderLength(length: .max, byteCount: 10))
    #expect(problem(safetensors("{}", length: 3))?.cause == .badHeaderLength(length: 3, byteCount: 10))
    let cut = problem(safetensors(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, data: 15))
    #expect(cut?.cause == .truncated(byteCount: 78, needed: 79))
    #expect(cut?.tensor == "a")
    let long = problem(safetensors(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, data: 17))
    #expect(long?.cause == .trailingBytes(count: 1))
  }

  @Test(arguments: [
    "this is not JSON", "", "[]", "{", #"{"a"}"#, #"{"a":1}"#, #"{"a":{"dtype":"F32"}}"#, #"{"a":{}} x"#,
    #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#,
    #"{"a\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, #"{"__metadata__":{"a":1}}"#, "{\"a\u{1}\":{}}",
  ])
  func malformedHeadersAreRefused(_ header: String) {
    guard case .malformed("header", _)? = problem(safetensors(header, data: 4))?.cause else {
      Issue.record("\(header) gave \(String(describing: problem(safetensors(header, data: 4))))")
      return
    }
  }

  @Test func moreTensorsThanAnyModelHasAreRefused() {
    let tensors = (0...SafetensorsHeader.maximumTensors).map { "\"\($0)\":{}" }.joined(separator: ",")
    #expect(problem(safetensors("{\(tensors)}"))?.description.contains("more than 100000 tensors") == true)
  }

  @Test func invalidUTF8IsRefused() {
    var file = safetensors(#"{"aa":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1)
    file[10] = 0xFF
    #expect(problem(file)?.description.contains("UTF-8") == true)
  }

  @Test(arguments: [
    (#"{"dtype":"Q3","shape":[4],"data_offsets":[0,16]}"#, CheckpointError.Cause.unknownType("Q3")),
    (#"{"dtype":"U64","shape":[2],"data_offsets":[0,16]}"#, .unsupportedType("U64")),
    (#"{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}"#, .badShape("[-4] is negative")),
    (#"{"dtype":"F32","shape":[4],"data_offsets":[16,0]}"#, .reversedOffsets(begin: 16, end: 0)),
    (#"{"dtype":"F32","shape":[4],"data_offsets":[-16,0]}"#, .reversedOffsets(begin: -16, end: 0)),
    (#"{"dtype":"F32","shape":[4],"data_offsets":[8,24]}"#, .hole(begin: 8, expected: 0)),
    (
      #"{"dtype":"F32","shape":[5],"data_offsets":[0,16]}"#,
      .sizeMismatch(shape: [5], type: "F32", byteCount: 16, needed: 20)
    ),
    (
      #"{"dtype":"F32","shape":[2147483648,2147483648,4],"data_offsets":[0,16]}"#,
      .sizeOverflow(shape: [2_147_483_648, 2_147_483_648, 4], type: "F32")
    ),
    (
      #"{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,16]}"#,
      .sizeOverflow(shape: [4_611_686_018_427_387_904], type: "F32")
    ),
    (
      #"{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}"#,
      .truncated(byteCount: 113, needed: .max)
    ),
  ])
  func badEntriesAreNamed(_ entry: String, _ cause: CheckpointError.Cause) {
    let error = problem(safetensors("{\"w\":\(entry)}", data: 16))
    #expect(error?.cause == cause)
    #expect(error?.tensor == "w")
  }

  @Test func overlapAndDuplicatesAreNamed() {
    let a = #""a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}"#
    let b = #""b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}"#
    let overlap = problem(safetensors("{\(b),\(a)}", data: 24))
    #expect(overlap?.cause == .overlap(begin: 8, other: "a", otherEnd: 16))
    #expect(problem(safetensors("{\(a),\(a)}", data: 16))?.cause == .duplicate)
  }

  @Test func aSentenceIsOneLineWhateverTheNameIs() {
    let entry = #"{"evil\n\u001b[31m":{"dtype":"\u0007","shape":[4],"data_offsets":[0,16]}}"#
    let line = problem(safetensors(entry, data: 16))?.description ?? ""
    #expect(
      line == #"some.safetensors: tensor evil\u{a}\u{1b}[31m has the unknown type (dtype) \u{7}; "#
        + "use safetensors (float32, float16, bfloat16, float8), GGUF, or a PyTorch zip archive")
  }
}
