extension VAEConfiguration {
  /// Name → shape of every tensor, in the names of diffusers.
  public var expectedTensors: [String: [Int]] {
    var table: [String: [Int]] = [:]
    table.addConvolution("quant_conv", 2 * zDim, 2 * zDim, [1, 1, 1])
    table.addConvolution("post_quant_conv", zDim, zDim, [1, 1, 1])
    addEncoder(to: &table)
    addDecoder(to: &table)
    return table
  }

  private func addEncoder(to table: inout [String: [Int]]) {
    table.addConvolution("encoder.conv_in", inChannels, baseDim, [3, 3, 3])
    var width = baseDim
    for level in encoderLevels {
      table.addLevel(level, "encoder")
      width = level.outputs
    }
    table.addMiddle("encoder.mid_block", width)
    table["encoder.norm_out.gamma"] = [width, 1, 1, 1]
    table.addConvolution("encoder.conv_out", width, 2 * zDim, [3, 3, 3])
  }

  private func addDecoder(to table: inout [String: [Int]]) {
    let widths = decoderWidths
    table.addConvolution("decoder.conv_in", zDim, widths.first, [3, 3, 3])
    table.addMiddle("decoder.mid_block", widths.first)
    for level in decoderLevels { table.addLevel(level, "decoder") }
    table["decoder.norm_out.gamma"] = [widths.last, 1, 1, 1]
    table.addConvolution("decoder.conv_out", widths.last, outChannels, [3, 3, 3])
  }
}

extension [String: [Int]] {
  /// A convolution with bias: [out, in, kernel…].
  fileprivate mutating func addConvolution(_ name: String, _ input: Int, _ output: Int, _ kernel: [Int]) {
    self["\(name).weight"] = [output, input] + kernel
    self["\(name).bias"] = [output]
  }

  fileprivate mutating func addLevel(_ level: VAELevel, _ side: String) {
    for (index, block) in level.blocks.enumerated() {
      addResidual("\(side).\(block)", index == 0 ? level.inputs : level.outputs, level.outputs)
    }
    guard let resampler = level.resampler else { return }
    let (name, width) = ("\(side).\(resampler.name)", level.outputs)
    addConvolution("\(name).resample.1", width, resampler.outputs, [3, 3])
    guard resampler.changesTime else { return }
    addConvolution("\(name).time_conv", width, side == "decoder" ? 2 * width : width, [3, 1, 1])
  }

  fileprivate mutating func addResidual(_ name: String, _ input: Int, _ output: Int) {
    self["\(name).norm1.gamma"] = [input, 1, 1, 1]
    addConvolution("\(name).conv1", input, output, [3, 3, 3])
    self["\(name).norm2.gamma"] = [output, 1, 1, 1]
    addConvolution("\(name).conv2", output, output, [3, 3, 3])
    if input != output { addConvolution("\(name).conv_shortcut", input, output, [1, 1, 1]) }
  }

  fileprivate mutating func addMiddle(_ name: String, _ width: Int) {
    addResidual("\(name).resnets.0", width, width)
    self["\(name).attentions.0.norm.gamma"] = [width, 1, 1]
    addConvolution("\(name).attentions.0.to_qkv", width, 3 * width, [1, 1])
    addConvolution("\(name).attentions.0.proj", width, width, [1, 1])
    addResidual("\(name).resnets.1", width, width)
  }
}
