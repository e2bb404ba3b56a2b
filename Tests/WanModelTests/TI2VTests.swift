import Checkpoints
import GoldenModel
import Tensors
import Testing

@testable import WanModel

/// TI2V-5B's transformer and the VAE of Wan 2.2 against diffusers.
@Suite struct TI2VTests {
  typealias Way = ModelTests.Way
  private let folder = ModelFolder(path: GoldenModel.ti2vPath)

  @Test(arguments: Goldens.cases("ti2v-transformer"), Way.allCases)
  func theFlowIsThatOfDiffusersWithAnyTimesteps(_ name: String, _ way: Way) throws {
    let golden = try GoldenCase(name)
    let expert = try folder.transformer("transformer", on: way.device)
    let embeddings = try golden.inputs.tensor(named: "encoder_hidden_states")
    let text = expert.remember(embeddings.reshaped(Array(embeddings.shape.dropFirst())))
    let latents = try golden.inputs.tensor(named: "hidden_states").channelsLast()
    let timesteps = try golden.inputs.tensor(named: "timestep").floats().map { Double($0) }
    for tokens in [4096, 4096, 5] {
      expert.tokensAtATime = tokens
      let flow = try expert(latents, timesteps: timesteps, text: text) { false }
      try golden.check(flow.channelsFirst().floats(), "sample", exactly: way.isExact)
    }
  }

  /// So that text-to-video needs no more than one.
  @Test func equalTimestepsAreOneTimestep() throws {
    let expert = try folder.transformer("transformer", on: CPU(precision: .reference))
    let text = expert.remember(Noise.normal([9, 32], seed: 1))
    let latents = Noise.normal([48, 2, 4, 6], seed: 2).channelsLast()
    let one = try expert(latents, timestep: 625, text: text) { false }
    let each = try expert(latents, timesteps: [Double](repeating: 625, count: 12), text: text) { false }
    #expect(one.floats() == each.floats())
    for wrong in [0, 2, 11, 13] {
      #expect(throws: ModelError.self) {
        try expert(latents, timesteps: [Double](repeating: 625, count: wrong), text: text) { false }
      }
    }
  }

  @Test func tokensAreTimedInRuns() {
    let (runs, times) = TimedTokens.runs([7, 7, 0, 7, 5, 5], count: 6)
    #expect(runs.map(\.tokens) == [0..<2, 2..<3, 3..<4, 4..<6])
    #expect(runs.map(\.time) == [0, 1, 0, 2] && times == [7, 0, 5])
  }

  @Test(arguments: Goldens.cases("ti2v-vae-decode-"), Way.allCases)
  func framesAreThoseOfDiffusers(_ name: String, _ way: Way) throws {
    try GoldenCase(name).check(folder.vaeDecoder(on: way.device), exactly: way.isExact)
  }

  @Test(arguments: Goldens.cases("ti2v-vae-encode-"), Way.allCases)
  func latentsAreThoseOfDiffusers(_ name: String, _ way: Way) throws {
    let encoder = try folder.vaeEncoder(on: way.device)
    try GoldenCase(name).check(encoder, exactly: way.isExact)
    let small = Tensor.zeros([1, 16, 24, 3])
    #expect(throws: ModelError.self) { try encoder.encode(small) { false } }
  }

  @Test(arguments: [2, 3])
  func patchesOfPixelsComeBack(_ size: Int) {
    let picture = Noise.normal([2 * size, 3 * size, 3], seed: 4)
    let patches = PixelPatches(size: size).gather(picture)
    #expect(patches.shape == [2, 3, 3 * size * size])
    #expect(PixelPatches(size: size).scatter(patches).floats() == picture.floats())
    // The second pixel of the first row is the second column of the first colour.
    #expect(patches.floats()[size] == picture.floats()[3])
  }
}
