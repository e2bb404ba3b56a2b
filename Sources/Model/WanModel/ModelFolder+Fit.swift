public import Checkpoints

extension ModelFolder {
  /// Checks that the parts of a model fit each other: every id of the tokenizer has an embedding, the transformers
  /// take embeddings of the text encoder's width, and the VAE has as many latent channels as they.
  ///
  /// - Throws: ``CheckpointError`` naming the configuration that does not fit.
  public func verifyFit() throws(CheckpointError) {
    let pipeline = try pipelineConfiguration()
    let textEncoder = try textEncoderConfiguration()
    let vocabularySize = try tokenizer().vocabularySize
    guard vocabularySize <= textEncoder.vocabSize else {
      throw misfit("text_encoder", "vocab_size", textEncoder.vocabSize, "the tokenizer has \(vocabularySize) ids")
    }
    let zDim = try vaeConfiguration().zDim
    for expert in Self.experts where pipeline.contains(expert) {
      let transformer = try transformerConfiguration(expert)
      guard transformer.textDim == textEncoder.dModel else {
        throw misfit(expert, "text_dim", transformer.textDim, "the text encoder gives \(textEncoder.dModel)")
      }
      guard transformer.inChannels == zDim, transformer.outChannels == zDim else {
        throw misfit(expert, "in_channels", transformer.inChannels, "the VAE has \(zDim) channels")
      }
    }
  }

  private func misfit(_ component: String, _ key: String, _ value: Int, _ other: String) -> CheckpointError {
    CheckpointError(
      .malformed(part: "configuration", detail: "\"\(key)\" is \(value), but \(other)"), path: file(component))
  }
}
