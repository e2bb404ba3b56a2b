/// Everything that the model asks of the machine. A second device is a second folder beside `CPU`.
///
/// Activations are float32 [tokens, channels]; pictures are ``FeatureMap``s. Shapes are preconditions: the
/// checkpoint was verified when it was opened.
public protocol Device: AnyObject {
  /// x [n, in] → activation(x · weightᵀ + bias) [n, out].
  func linear(_ x: Tensor, _ weight: Weight, activation: Activation) -> Tensor

  /// (x − mean) / √(variance + epsilon) for each row, times weight [channels] plus bias [channels] (both or neither).
  func layerNorm(_ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Float) -> Tensor
  /// x / √(mean of squares + epsilon) for each row, times weight [channels].
  func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float) -> Tensor
  /// Rotates neighbouring pairs of each head: x [n, heads · size], angles of [n, size / 2].
  func rotate(_ x: Tensor, heads: Int, by angles: RotaryAngles) -> Tensor
  /// softmax(scale · q kᵀ + bias) v for each head: q [n, heads · size], k and v [m, heads · size] → [n, heads · size].
  /// Never holds n × m numbers.
  func attention(query: Tensor, key: Tensor, value: Tensor, heads: Int, scale: Float, bias: RelativeBias?) -> Tensor

  /// x += y · gate, in place; gate [channels] or nil for 1.
  func add(_ y: Tensor, to x: Tensor, gate: Tensor?)
  /// x · y, element by element.
  func multiply(_ x: Tensor, _ y: Tensor) -> Tensor
  /// Rows of `table` [vocabulary, channels] → [ids.count, channels].
  func embed(_ ids: [Int32], table: Weight) -> Tensor

  /// One picture out of `kernel.frames` pictures of consecutive frames; nil is a picture of zeros.
  /// Zeros surround every picture.
  func convolve(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel) -> FeatureMap
  /// x / ‖x‖ · √channels · gamma for each pixel, then x · sigmoid(x) if `silu`.
  func channelNorm(_ x: FeatureMap, gamma: Tensor, silu: Bool) -> FeatureMap
  /// Every pixel becomes 2 × 2 equal pixels.
  func upsample(_ x: FeatureMap) -> FeatureMap
  /// The pixels in odd rows and columns (the second, fourth, …): a picture of half the size.
  func oddPixels(_ x: FeatureMap) -> FeatureMap
  /// x += y, in place.
  func add(_ y: FeatureMap, to x: FeatureMap)
  /// The channels `range` of every pixel.
  func channels(_ range: Range<Int>, of x: FeatureMap) -> FeatureMap
  /// fine += the values that `coarse` has for this frame of its cells, in place: a value of `coarse` stands for several
  /// neighbouring values of its cell.
  func add(duplicatesOf coarse: FeatureMap, to fine: FeatureMap, _ cell: FineCell)
  /// coarse += the means of neighbouring values of a cell, in place; values of the cell's other frames count as zero.
  func add(meansOf fine: FeatureMap, to coarse: FeatureMap, _ cell: FineCell)
}

/// What one pixel of a coarse picture covers in finer ones: `scale` × `scale` pixels of `frames` consecutive frames.
/// The values of a cell are counted in the order channel, frame, row, column.
public struct FineCell: Hashable, Sendable {
  public let scale: Int
  public let frames: Int
  /// Which of the frames the fine picture is.
  public let frame: Int

  public init(scale: Int, frames: Int, frame: Int) {
    precondition(scale > 0 && (0..<frames).contains(frame))
    (self.scale, self.frames, self.frame) = (scale, frames, frame)
  }

  /// Values in a cell for each channel of the fine picture.
  var volume: Int { frames * scale * scale }

  /// The place of a value in its cell.
  func place(channel: Int, row: Int, column: Int) -> Int {
    ((channel * frames + frame) * scale + row) * scale + column
  }
}

/// Cosine and sine [n, size / 2] of a rotary position embedding.
public struct RotaryAngles {
  let cosine: Tensor
  let sine: Tensor
  public init(cosine: Tensor, sine: Tensor) {
    precondition(cosine.shape == sine.shape)
    self.cosine = cosine
    self.sine = sine
  }
}

/// An additive attention bias that depends on key position − query position alone.
public struct RelativeBias {
  /// [heads, 2 · reach + 1]; column `reach` is for equal positions.
  let table: Tensor
  let reach: Int
  public init(table: Tensor, reach: Int) {
    precondition(table.shape.count == 2 && table.shape[1] == 2 * reach + 1)
    self.table = table
    self.reach = reach
  }
}
