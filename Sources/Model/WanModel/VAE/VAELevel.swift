/// One resolution of the VAE's encoder or decoder: residual blocks in a row and, except at the end, a change of
/// resolution. Wan 2.1 and Wan 2.2 differ in names, widths, and the way around.
struct VAELevel {
  /// Channels that come in, and that the blocks give.
  let inputs: Int
  let outputs: Int
  /// Names of the residual blocks.
  let blocks: [String]
  let resampler: Resampler?
  /// Whether what comes in is added, regrouped, to what goes out.
  let hasShortcut: Bool

  struct Resampler {
    let name: String
    let outputs: Int
    let changesTime: Bool
  }

  /// How much finer the fine side is than the coarse one: pixels along each axis, and frames.
  var scale: Int { resampler == nil ? 1 : 2 }
  var frames: Int { resampler?.changesTime == true ? 2 : 1 }

  /// Whether a value of the coarse side of the way around is for a whole number of values of the fine one.
  func hasWholeShortcut(fine: Int, coarse: Int) -> Bool {
    !hasShortcut || (fine * scale * scale * frames).isMultiple(of: coarse)
  }
}

extension VAEConfiguration {
  /// From fine to coarse.
  var encoderLevels: [VAELevel] {
    var width = baseDim
    var row = 0
    return dimMult.enumerated().map { index, multiple in
      defer { width = multiple * baseDim }
      func next(_ name: String) -> String {
        defer { row += 1 }
        return isResidual ? "down_blocks.\(index).\(name)" : "down_blocks.\(row)"
      }
      let blocks = (0..<numResBlocks).map { next("resnets.\($0)") }
      let outputs = multiple * baseDim
      let resampler =
        index < temperalDownsample.count
        ? VAELevel.Resampler(name: next("downsampler"), outputs: outputs, changesTime: temperalDownsample[index]) : nil
      return VAELevel(inputs: width, outputs: outputs, blocks: blocks, resampler: resampler, hasShortcut: isResidual)
    }
  }

  /// From coarse to fine.
  var decoderLevels: [VAELevel] {
    var width = decoderWidths.first
    return dimMult.reversed().enumerated().map { index, multiple in
      let outputs = multiple * decoderBaseDim
      let resampler =
        index < temperalUpsample.count
        ? VAELevel.Resampler(
          name: "up_blocks.\(index).\(isResidual ? "upsampler" : "upsamplers.0")",
          outputs: isResidual ? outputs : outputs / 2, changesTime: temperalUpsample[index]) : nil
      defer { width = resampler?.outputs ?? outputs }
      return VAELevel(
        inputs: width, outputs: outputs, blocks: (0...numResBlocks).map { "up_blocks.\(index).resnets.\($0)" },
        resampler: resampler, hasShortcut: isResidual && resampler != nil)
    }
  }

  /// Channels where the decoder begins and where it ends.
  var decoderWidths: (first: Int, last: Int) {
    ((dimMult.last ?? 1) * decoderBaseDim, (dimMult.first ?? 1) * decoderBaseDim)
  }
}
