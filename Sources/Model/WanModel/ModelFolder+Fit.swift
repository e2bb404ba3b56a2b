public import Checkpoints

extension ModelFolder {
  /// Checks that the parts of a model fit each other: every id of the tokenizer has an embedding, the transformers
  /// take embeddings of the text encoder's width, cut latents alike and have as many channels as the VAE's latents
  /// (TI2V-5B goes with the VAE of Wan 2.2, all others with that of Wan 2.1), and frames have three colours.
  ///
  /// - Throws: ``CheckpointError`` naming the configuration that does not fit.
  public func verifyFit() throws(CheckpointError) {
    let pipeline = try pipelineConfiguration()
    let textEncoder = try textEncoderConfiguration()
    let vocabularySize = try tokenizer().vocabularySize
    guard vocabularySize <= textEncoder.vocabSize else {
      throw misfit("text_encoder", "vocab_size", textEncoder.vocabSize, "the tokenizer has \(vocabularySize) ids")
    }
    let vae = try vaeConfiguration()
    guard vae.colours == 3, vae.inChannels == vae.outChannels else {
      throw misfit("vae", "out_channels", vae.outChannels, "frames have 3 colours")
    }
    for expert in Self.experts where pipeline.contains(expert) { try verify(expert, textEncoder, vae) }
  }

  private func verify(
    _ expert: String, _ textEncoder: TextEncoderConfiguration, _ vae: VAEConfiguration
  ) throws(CheckpointError) {
    let transformer = try transformerConfiguration(expert)
    guard transformer.textDim == textEncoder.dModel else {
      throw misfit(expert, "text_dim", transformer.textDim, "the text encoder gives \(textEncoder.dModel)")
    }
    guard transformer.outChannels == vae.zDim else {
      throw CheckpointError(
        .otherLatents(channels: transformer.outChannels, other: file("vae"), otherChannels: vae.zDim),
        path: file(expert))
    }
    guard transformer.inChannels == vae.zDim else {
      throw misfit(expert, "in_channels", transformer.inChannels, "latents have \(vae.zDim) channels")
    }
    let first = try transformerConfiguration(Self.experts[0])
    guard transformer.patchSize == first.patchSize else {
      throw CheckpointError(
        .malformed(part: "configuration", detail: "\"patch_size\" is not that of the other expert"), path: file(expert))
    }
  }

  private func misfit(_ component: String, _ key: String, _ value: Int, _ other: String) -> CheckpointError {
    CheckpointError(
      .malformed(part: "configuration", detail: "\"\(key)\" is \(value), but \(other)"), path: file(component))
  }
}
