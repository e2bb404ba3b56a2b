import Checkpoints
import GoldenModel
import Tensors
import Testing

@testable import WanModel

@Suite struct DecoderMemoryTests {
  @Test(arguments: [GoldenModel.path, GoldenModel.ti2vPath], [(4, 4, 6), (6, 6, 4), (9, 2, 5)])
  func whatIsRememberedIsAsPredictedAndDoesNotGrow(_ model: String, _ shape: (Int, Int, Int)) throws {
    let (frames, height, width) = shape
    let decoder = try ModelFolder(path: model).vaeDecoder(on: CPU(precision: .reference))
    let memory = DecoderMemory(decoder.configuration, height: height, width: width)
    var remembered: [Int] = []
    let latents = Tensor.zeros([frames, height, width, decoder.configuration.zDim])
    try decoder.decode(latents, isCancelled: { false }, emit: { _ in remembered.append(decoder.rememberedBytes) })
    #expect(remembered.max() == memory.remembered)
    #expect(remembered.last == memory.remembered)
    #expect(decoder.rememberedBytes == 0)
  }
}
