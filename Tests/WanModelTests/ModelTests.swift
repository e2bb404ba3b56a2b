import Checkpoints
import GoldenModel
import Tensors
import Testing

@testable import WanModel

/// The parts of the model against the numbers of diffusers and transformers, in every way of multiplying. The
/// goldens' `reference` limits hold for float32; bfloat16 has the limit `fast`.
@Suite struct ModelTests {
  enum Way: String, CaseIterable {
    case reference, fastFloat32, fastBFloat16

    /// Those that this CPU has.
    static let allCases: [Way] = [.reference, .fastFloat32] + (CPU.canMultiplyHalves ? [.fastBFloat16] : [])

    var device: CPU {
      switch self {
      case .reference: CPU(precision: .reference)
      case .fastFloat32: CPU(precision: .fast, multiplied: .float32)
      case .fastBFloat16: CPU(precision: .fast, multiplied: .bfloat16)
      }
    }
    var isExact: Bool { self != .fastBFloat16 }
  }

  private let folder = ModelFolder(path: GoldenModel.path)

  @Test(arguments: Goldens.cases("text-encode-"), Way.allCases)
  func textEmbeddingsAreThoseOfTransformers(_ name: String, _ way: Way) throws {
    let golden = try GoldenCase(name)
    let mask = try golden.inputs.tensor(named: "attention_mask").floats()
    let count = mask.count { $0 > 0 }
    let ids = try golden.inputs.tensor(named: "input_ids").floats().prefix(count).map { Int32($0) }
    let got = try folder.textEncoder(on: way.device)(ids) { false }
    try golden.check(got.floats(), "last_hidden_state", first: got.elementCount, exactly: way.isExact)
  }

  @Test(arguments: Goldens.cases("transformer"), Way.allCases)
  func theFlowIsThatOfDiffusers(_ name: String, _ way: Way) throws {
    let golden = try GoldenCase(name)
    let component = try #require(golden.parameters["component"]?.string)
    let expert = try folder.transformer(component, on: way.device)
    let embeddings = try golden.inputs.tensor(named: "encoder_hidden_states")
    let text = expert.remember(embeddings.reshaped(Array(embeddings.shape.dropFirst())))
    let latents = try golden.inputs.tensor(named: "hidden_states").channelsLast()
    let timestep = Double(try golden.inputs.tensor(named: "timestep").floats()[0])
    // Nothing may be carried over from one step to the next, and parts are as good as the whole.
    for tokens in [4096, 4096, 7] {
      expert.tokensAtATime = tokens
      let flow = try expert(latents, timestep: timestep, text: text) { false }
      try golden.check(flow.channelsFirst().floats(), "sample", exactly: way.isExact)
    }
  }

  @Test(arguments: Goldens.cases("vae-decode-"), Way.allCases)
  func framesAreThoseOfDiffusers(_ name: String, _ way: Way) throws {
    try GoldenCase(name).check(folder.vaeDecoder(on: way.device), exactly: way.isExact)
  }

  @Test(arguments: Goldens.cases("vae-encode-"), Way.allCases)
  func latentsAreThoseOfDiffusers(_ name: String, _ way: Way) throws {
    let (golden, encoder) = (try GoldenCase(name), try folder.vaeEncoder(on: way.device))
    let clip = try golden.check(encoder, exactly: way.isExact)
    #expect(throws: ModelError.self) { try encoder.encode(clip.rows(0..<clip.shape[0] - 1)) { false } }
  }

  @Test func workStopsWithinOneBlockOfLayers() throws {
    let device = CPU(precision: .reference)
    var asked = 0
    let second: () -> Bool = {
      asked += 1
      return asked > 1
    }
    let expert = try folder.transformer("transformer", on: device)
    let width = expert.configuration.textDim
    let text = expert.remember(Tensor.zeros([1, width]))
    #expect(throws: ModelError.cancelled) {
      try expert(Tensor.zeros([1, 2, 2, 16]), timestep: 500, text: text, isCancelled: second)
    }
    #expect((2...4).contains(asked))
    #expect(throws: ModelError.cancelled) { try folder.textEncoder(on: device)([1]) { true } }
    #expect(throws: ModelError.cancelled) {
      try folder.vaeDecoder(on: device).decode(Tensor.zeros([1, 2, 2, 16]), isCancelled: { true }, emit: { _ in })
    }
  }

  @Test func tokensOfAnotherModelAreRefused() throws {
    let encoder = try folder.textEncoder(on: CPU(precision: .reference))
    #expect(throws: ModelError.self) { try encoder([640]) { false } }
    #expect(throws: ModelError.self) { try encoder([-1]) { false } }
  }
}
