import Tensors
import Testing

@testable import Checkpoints

@Suite struct NamesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func save(_ tensors: [(name: String, tensor: Tensor)]) throws -> Checkpoint {
    let path = folder.path + "/model.safetensors"
    try SafetensorsWriter.write(tensors, to: path)
    return try Checkpoint(path: path)
  }

  /// 1, −2, 0.5 and 448, the largest.
  private func eight(_ shape: [Int]) -> Tensor {
    let result = Tensor.zeros(shape, type: .float8e4m3)
    result.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(mutating: bytes).copyBytes(from: [0x38, 0xC0, 0x30, 0x7E])
    }
    return result
  }

  @Test(arguments: ["", "model.diffusion_model."], ["scale_weight", "weight_scale"])
  func eightBitWeightsAreScaled(_ prefix: String, _ scale: String) throws {
    let layer = prefix + "blocks.0.ffn.0"
    let checkpoint = try save([
      (prefix + "scaled_fp8", Tensor([], shape: [0])), (layer + ".weight", eight([2, 2])),
      (layer + ".\(scale)", Tensor([0.25], shape: scale == "scale_weight" ? [] : [1])),
      (layer + ".scale_input", Tensor([9], shape: [])),
    ]).renamed(by: .transformer)
    #expect(checkpoint.names == ["blocks.0.ffn.net.0.proj.weight"])
    let name = checkpoint.names[0]
    #expect(checkpoint.fileName(of: name) == layer + ".weight")
    let weight = try checkpoint.weight(named: name, shape: [2, 2])
    #expect(weight.expandedRows(0..<2).floats() == [0.25, -0.5, 0.125, 112])
    #expect(weight.expandedRows(1..<2).floats() == [0.125, 112])
    #expect(try checkpoint.values(named: name).floats() == [0.25, -0.5, 0.125, 112])
    #expect(checkpoint.parameterCount == 4)
  }

  /// Every value of the type, against its definition: 1 sign, 5 exponent (bias 15) and 2 mantissa bits.
  @Test func eightBitsWithFiveOfExponentAreRead() throws {
    let all = Tensor.zeros([16, 16], type: .float8e5m2)
    all.withUnsafeBytes { UnsafeMutableRawBufferPointer(mutating: $0).copyBytes(from: (0...255).map { UInt8($0) }) }
    let checkpoint = try save([("blocks.0.ffn.0.weight", all), ("blocks.0.ffn.0.weight_scale", Tensor([2], shape: []))])
    #expect(checkpoint.entries[0].type == .float8e5m2)
    for (bits, value) in try checkpoint.tensor(named: "blocks.0.ffn.0.weight").floats().enumerated() {
      let (exponent, mantissa) = (bits >> 2 & 31, Float(bits & 3))
      let size =
        exponent == 0
        ? mantissa / 4 * 0x1p-14 : (1 + mantissa / 4) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
      let expected: Float = exponent == 31 ? (mantissa == 0 ? .infinity : .nan) : size
      #expect(expected.isNaN ? value.isNaN : value == (bits > 127 ? -expected : expected), "\(bits)")
    }
    #expect(try checkpoint.tensor(named: "blocks.0.ffn.0.weight").firstNonFinite() == 0x7C)
    let scaled = try checkpoint.renamed(by: .transformer).weight(
      named: "blocks.0.ffn.net.0.proj.weight", shape: [16, 16])
    #expect(scaled.expandedRows(3..<4).floats()[12] == 2)
  }

  @Test func scalesWithoutAWeightAndListsOfScalesAreRefused() throws {
    let lonely = try save([("blocks.0.ffn.0.scale_weight", Tensor([1], shape: []))])
    #expect(throws: CheckpointError.self) { try lonely.renamed(by: .transformer) }
    let many = try save([
      ("blocks.0.ffn.0.weight", eight([2, 2])), ("blocks.0.ffn.0.scale_weight", Tensor([1, 2], shape: [2])),
    ])
    #expect(throws: CheckpointError.self) { try many.renamed(by: .transformer) }
  }

  @Test func aTensorUnderBothNamesIsRefused() throws {
    let one = Tensor([1], shape: [1])
    let both = try save([("head.head.bias", one), ("proj_out.bias", one)])
    #expect(throws: CheckpointError.self) { try both.renamed(by: .transformer) }
  }

  @Test func missingTensorsAreMissedUnderTheNamesOfTheFile() throws {
    let checkpoint = try save([("head.head.bias", Tensor([1], shape: [1]))]).renamed(by: .transformer)
    let error = #expect(throws: CheckpointError.self) {
      try checkpoint.verify(against: ["proj_out.bias": [1], "blocks.0.attn1.to_q.bias": [1]])
    }
    #expect(error?.tensor == "blocks.0.self_attn.q.bias")
  }
}
