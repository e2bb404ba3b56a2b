import GoldenModel
import SampleModels
import Tensors
import Testing

@testable import WanModel

/// Passes of a step that go through an expert layer by layer.
@Suite struct PassesTogetherTests {
  /// Whatever the layers share, each flow is that of a pass by itself, to the bit.
  @Test(arguments: ModelTests.Way.allCases, [4096, 7]) func eachFlowIsThatOfItsText(
    _ way: ModelTests.Way, _ tokensAtATime: Int
  ) throws {
    let expert = try ModelFolder(path: GoldenModel.path).transformer("transformer", on: way.device)
    expert.tokensAtATime = tokensAtATime
    let width = expert.configuration.textDim
    let embeddings = [(8, 1), (3, 2)].map { Noise.normal([$0, width], seed: UInt64($1)) }
    let latents = Noise.normal([16, 2, 4, 6], seed: 3).channelsLast()
    for keepsKeys in [true, false] {
      let texts = embeddings.map { expert.remember($0, keepsKeys: keepsKeys) }
      for timestep in [900.0, 300] {
        let each = try texts.map { try expert(latents, timestep: timestep, text: $0) { false }.floats() }
        let together = try expert(latents, timestep: timestep, texts: texts) { false }
        #expect(together.map { $0.floats() } == each)
        #expect(together.allSatisfy { $0.shape == latents.shape } && each[0] != each[1])
      }
    }
  }

  @Test(arguments: ModelTests.Way.allCases) func eachTextIsEncodedAsByItself(_ way: ModelTests.Way) throws {
    let encoder = try ModelFolder(path: GoldenModel.path).textEncoder(on: way.device)
    let texts: [[Int32]] = [[5, 17, 33, 4, 1], [1], (0..<40).map { Int32(($0 * 7) % 60 + 2) }]
    let each = try texts.map { try encoder($0) { false }.floats() }
    #expect(try encoder(texts) { false }.map { $0.floats() } == each)
  }

  @Test func theyStopWithinOneBlock() throws {
    let expert = try ModelFolder(path: GoldenModel.path).transformer("transformer", on: CPU(precision: .reference))
    let text = expert.remember(Tensor.zeros([1, expert.configuration.textDim]))
    for stop in 1...13 {
      var asked = 0
      #expect(throws: ModelError.cancelled) {
        try expert(Tensor.zeros([1, 2, 2, 16]), timestep: 500, texts: [text, text]) {
          asked += 1
          return asked >= stop
        }
      }
      #expect((stop...stop + 8).contains(asked))
    }
  }
}
