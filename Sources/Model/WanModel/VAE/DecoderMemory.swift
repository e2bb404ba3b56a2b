/// What decoding needs: found by walking through the decoder with sizes instead of pictures.
public struct DecoderMemory: Hashable, Sendable {
  /// Pictures that convolutions over time remember from frame to frame.
  public private(set) var remembered = 0
  /// Pictures alive beside those at the worst moment.
  public private(set) var working = 0
  /// Weights in the order that devices read, which are copies of those in the file.
  public private(set) var weights = 0

  public var bytes: Int { remembered + working + weights }

  private var height: Int
  private var width: Int
  private var waiting = 0

  /// - Parameters:
  ///   - height: of the latents; `width` likewise.
  public init(_ shape: VAEConfiguration, height: Int, width: Int) {
    (self.height, self.width) = (height, width)
    let widths = shape.decoderWidths
    remember(shape.zDim)
    work(3 * picture(shape.zDim) + picture(widths.first))
    residual(widths.first, widths.first)
    attention(widths.first)
    residual(widths.first, widths.first)
    for level in shape.decoderLevels { upward(level) }
    remember(widths.last)
    work(2 * picture(widths.last) + 2 * picture(shape.outChannels))
    weights =
      4
      * shape.expectedTensors.filter { $0.key.hasPrefix("decoder.") }
      .reduce(0) { $0 + $1.value.reduce(1, *) }
  }

  private mutating func upward(_ level: VAELevel) {
    let held = level.hasShortcut ? picture(level.inputs) : 0
    for index in level.blocks.indices {
      residual(index == 0 ? level.inputs : level.outputs, level.outputs)
      // The first block counts what comes in by itself.
      if index == 0 { waiting += held }
    }
    guard let upsampler = level.resampler else { return }
    upsample(level.outputs, upsampler)
    // It is held until the last frame that comes of it.
    if !upsampler.changesTime { waiting -= held }
  }

  /// Bytes of one picture of the present size, border included.
  private func picture(_ channels: Int) -> Int { (height + 2) * (width + 2) * channels * 4 }

  /// Two frames before this one.
  private mutating func remember(_ channels: Int) { remembered += 2 * picture(channels) }

  private mutating func work(_ bytes: Int) { working = max(working, waiting + bytes) }

  private mutating func residual(_ inputs: Int, _ outputs: Int) {
    remember(inputs)
    remember(outputs)
    work(picture(inputs) + max(picture(inputs) + picture(outputs), 3 * picture(outputs)))
  }

  private mutating func attention(_ channels: Int) { work(9 * picture(channels)) }

  private mutating func upsample(_ channels: Int, _ upsampler: VAELevel.Resampler) {
    let (before, doublesTime) = (picture(channels), upsampler.changesTime)
    if doublesTime { remember(channels) }
    let frames = doublesTime ? 2 : 1
    work(before + (doublesTime ? 4 * before : 0))
    (height, width) = (2 * height, 2 * width)
    work((doublesTime ? 2 : 1) * before + picture(channels) + frames * picture(upsampler.outputs))
    waiting += (frames - 1) * picture(upsampler.outputs)
  }
}
