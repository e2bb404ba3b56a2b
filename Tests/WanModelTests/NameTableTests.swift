import Checkpoints
import GoldenModel
import Tensors
import Testing

@testable import WanModel

/// Names of other layouts, against everything that our layers ask for.
@Suite struct NameTableTests {
  private static let a14b = TransformerConfiguration(
    numAttentionHeads: 40, attentionHeadDim: 128, textDim: 4096, ffnDim: 13824, numLayers: 40)
  private static let umt5 = TextEncoderConfiguration(
    vocabSize: 256_384, dModel: 4096, dKv: 64, dFf: 10240, numLayers: 24, numHeads: 64)
  private static let vae21 = VAEConfiguration(
    latentsMean: VAEConfiguration.wan21.mean, latentsStd: VAEConfiguration.wan21.std)
  private static let vae22 = VAEConfiguration(
    baseDim: 160, decoderBaseDim: 256, zDim: 48, inChannels: 12, outChannels: 12, isResidual: true, patchSize: 2,
    latentsMean: VAEConfiguration.wan22.mean, latentsStd: VAEConfiguration.wan22.std)

  /// Each of our names has one of theirs, no two have the same, and the way back leads to where it began.
  private func check(_ table: NameTable, _ names: some Collection<String>) {
    var seen: Set<String> = []
    for name in names {
      let theirs = table.theirs(name)
      #expect(theirs != nil, "\(name)")
      #expect(seen.insert(theirs ?? name).inserted, "\(name)")
      #expect(theirs.flatMap(table.ours) == name, "\(name)")
    }
  }

  @Test func tablesAreCompleteAndLeadBack() {
    check(.transformer, Self.a14b.expectedTensors.keys)
    check(.textEncoder, Self.umt5.expectedTensors.keys)
    check(.textEncoderInGGUF, Self.umt5.expectedTensors.keys)
    check(.vae, Self.vae21.expectedTensors.keys)
    check(.vae22, Self.vae22.expectedTensors.keys)
  }

  @Test(arguments: [
    ("blocks.39.self_attn.q.weight", "blocks.39.attn1.to_q.weight"), ("head.modulation", "scale_shift_table"),
    ("blocks.0.modulation", "blocks.0.scale_shift_table"),
    ("time_projection.1.bias", "condition_embedder.time_proj.bias"),
    ("blocks.3.ffn.2.bias", "blocks.3.ffn.net.2.bias"), ("blocks.3.cross_attn.o.bias", "blocks.3.attn2.to_out.0.bias"),
  ])
  func transformerNames(theirs: String, ours: String) {
    #expect(NameTable.transformer.ours(theirs) == ours)
  }

  @Test(arguments: [
    ("decoder.upsamples.7.time_conv.weight", "decoder.up_blocks.1.upsamplers.0.time_conv.weight"),
    ("decoder.upsamples.14.residual.6.bias", "decoder.up_blocks.3.resnets.2.conv2.bias"),
    ("encoder.downsamples.5.resample.1.weight", "encoder.down_blocks.5.resample.1.weight"),
    ("decoder.middle.2.residual.0.gamma", "decoder.mid_block.resnets.1.norm1.gamma"),
  ])
  func vaeNames(theirs: String, ours: String) { #expect(NameTable.vae.ours(theirs) == ours) }

  @Test(arguments: [
    ("decoder.upsamples.0.upsamples.3.time_conv.weight", "decoder.up_blocks.0.upsampler.time_conv.weight"),
    ("decoder.upsamples.3.upsamples.2.residual.6.bias", "decoder.up_blocks.3.resnets.2.conv2.bias"),
    ("encoder.downsamples.2.downsamples.2.resample.1.weight", "encoder.down_blocks.2.downsampler.resample.1.weight"),
    ("encoder.downsamples.1.downsamples.0.shortcut.bias", "encoder.down_blocks.1.resnets.0.conv_shortcut.bias"),
    ("decoder.head.2.weight", "decoder.conv_out.weight"),
  ])
  func namesOfTheVAEOfTI2V(theirs: String, ours: String) { #expect(NameTable.vae22.ours(theirs) == ours) }

  @Test func othersAreInNoTable() {
    for name in ["blocks.x.ffn.0.weight", "blocks.1.2.ffn.0.weight", "", ".", "blocks..ffn.0.weight", "img_emb.proj"] {
      #expect(NameTable.transformer.ours(name) == nil, "\(name)")
    }
  }

  @Test func aTorchArchiveOfTheTextEncoderIsTheSameModel() throws {
    let official = try ModelPart.textEncoder.open(Goldens.path("official/models_t5_umt5-xxl-enc-bf16.pth"))
    let folder = ModelFolder(path: GoldenModel.path)
    let expected = try folder.textEncoderConfiguration()
    #expect(try TextEncoderConfiguration(shapesOf: official) == expected)
    try expected.verify(official)
    let diffusers = try folder.checkpoint("text_encoder")
    for name in expected.expectedTensors.keys {
      let own =
        TextEncoderConfiguration.embeddingNames.contains(name)
        ? TextEncoderConfiguration.embeddingName(in: diffusers) : name
      #expect(try official.tensor(named: name).floats() == diffusers.tensor(named: own).floats(), "\(name)")
    }
  }

  @Test func shapesTellDimensions() throws {
    let folder = ModelFolder(path: GoldenModel.path)
    let configuration = try folder.transformerConfiguration("transformer")
    let checkpoint = try folder.checkpoint("transformer")
    #expect(
      try TransformerConfiguration(shapesOf: checkpoint, headSize: configuration.attentionHeadDim) == configuration)
    #expect(throws: CheckpointError.self) { try TransformerConfiguration(shapesOf: checkpoint) }
    var vae = try folder.vaeConfiguration()
    (vae.latentsMean, vae.latentsStd) = (VAEConfiguration.wan21.mean, VAEConfiguration.wan21.std)
    #expect(try VAEConfiguration(shapesOf: folder.checkpoint("vae")) == vae)
    let ti2v = ModelFolder(path: GoldenModel.ti2vPath)
    #expect(try VAEConfiguration(shapesOf: ti2v.checkpoint("vae")) == ti2v.vaeConfiguration())
    let expert = try ti2v.transformerConfiguration("transformer")
    #expect(
      try TransformerConfiguration(shapesOf: ti2v.checkpoint("transformer"), headSize: expert.attentionHeadDim)
        == expert)
  }

  @Test(arguments: zip(["transformer", "text_encoder", "vae"], ModelPart.allCases))
  func namesTellTheOffice(component: String, part: ModelPart) throws {
    #expect(try ModelPart(of: ModelFolder(path: GoldenModel.path).checkpoint(component)) == part)
  }
}
