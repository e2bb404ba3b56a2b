/// Everything that the model asks of the machine. A second device is a second folder beside `CPU`.
///
/// Activations are [tokens, channels]; pictures are ``FeatureMap``s. An operation gives float32, or, where its caller
/// says that products follow, whatever type the device multiplies: it takes both. Shapes are preconditions: the
/// checkpoint was verified when it was opened.
public protocol Device: AnyObject {
  /// Whether what is made of a weight may stay in memory from one use to the next.
  var keepsWeights: Bool { get }

  /// x [n, in] → activation(x · weightᵀ + bias) [n, out].
  func linear(_ x: Tensor, _ weight: Weight, activation: Activation, for use: Use) -> Tensor
  /// The same with several weights of the same inputs.
  func linear(_ x: Tensor, _ weights: [Weight], activation: Activation, for use: Use) -> [Tensor]
  /// activation(x · gateᵀ + bias) · (x · weightᵀ + bias), element by element, for products.
  func gatedLinear(_ x: Tensor, gate: Weight, activation: Activation, _ weight: Weight) -> Tensor
  /// x += (y · weightᵀ + bias) · gate, in place: y [n, in], x [n, out] float32, gate [out] or nil for 1.
  func addLinear(_ y: Tensor, _ weight: Weight, to x: Tensor, gate: Tensor?)

  /// Calls `body`, in which these weights are multiplied several times: what has to be made of them is made once.
  func holding(_ weights: [Weight], _ body: () -> Void)

  /// (x − mean) / √(variance + epsilon) for each row, times weight [channels] plus bias [channels] (both or neither).
  func layerNorm(_ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Float, for use: Use) -> Tensor
  /// x / √(mean of squares + epsilon) for each row, times weight [channels].
  func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float, for use: Use) -> Tensor

  /// Queries of all heads out of x [n, heads · size] float32.
  func queries(_ x: Tensor, _ shape: HeadShape) -> AttentionQueries
  /// Keys and values [m, heads · size] float32 in the order in which the device reads them. `shape` says what is done
  /// to the keys; values are taken as they are.
  func memory(keys: Tensor, values: Tensor, _ shape: HeadShape) -> AttentionMemory
  /// The same for `count` rows of which not all have to exist at a time: `part` gives some of them. It is asked for about
  /// `rows` at a time, or for all of them if the device has to see them together.
  func memory(
    of count: Int, _ shape: HeadShape, about rows: Int, part: (Range<Int>) -> (keys: Tensor, values: Tensor)
  ) -> AttentionMemory
  /// softmax(scale · q kᵀ + bias) v for each head → [n, heads · size], for products. Never holds n × m numbers.
  func attention(
    _ queries: AttentionQueries, over memory: AttentionMemory, scale: Float, bias: RelativeBias?
  ) -> Tensor

  /// Rows of `table` [vocabulary, channels] → [ids.count, channels].
  func embed(_ ids: [Int32], table: Weight) -> Tensor

  /// One float32 picture out of `kernel.frames` pictures of consecutive frames; nil is a picture of zeros. Zeros
  /// surround every picture.
  func convolve(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel) -> FeatureMap
  /// x += convolve(frames, kernel), in place: x is float32 and none of the frames.
  func addConvolution(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel, to x: FeatureMap)
  /// channelNorm(convolve(frames, kernel), gamma, silu: true), without a place for what lies between if the device can.
  func convolve(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel, norm gamma: Tensor) -> FeatureMap
  /// The same picture in the type that convolutions read, for one that is kept for several of them.
  func forConvolutions(_ x: FeatureMap) -> FeatureMap
  /// x / ‖x‖ · √channels · gamma for each pixel, then x · sigmoid(x) if `silu`; for convolutions.
  func channelNorm(_ x: FeatureMap, gamma: Tensor, silu: Bool) -> FeatureMap
  /// The convolution of a picture that is twice as high and wide: every pixel becomes 2 × 2 equal pixels. The kernel has
  /// one frame.
  func convolveUpsampled(_ x: FeatureMap, _ kernel: ConvolutionKernel) -> FeatureMap
  /// The pixels in odd rows and columns (the second, fourth, …): a picture of half the size.
  func oddPixels(_ x: FeatureMap) -> FeatureMap
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

/// What a result is for, which decides its type.
public enum Use: Sendable {
  /// Sums, norms and the caller's own arithmetic: float32.
  case sums
  /// Being multiplied: the type that the device multiplies.
  case products
  /// Becoming heads of attention: float32, or bfloat16 where heads are rounded to 8 bits afterwards.
  case heads
}

/// How rows become the heads of queries or keys.
public struct HeadShape {
  let heads: Int
  let norm: (weight: Tensor, epsilon: Float)?
  let angles: RotaryAngles?
  let mayRound: Bool

  /// - Parameters:
  ///   - norm: an RMS norm over all heads together comes first, with this weight [heads · size].
  ///   - angles: then neighbouring pairs of each head are rotated.
  ///   - mayRound: whether the device may round queries and keys to 8 bits; the same for both, in attention without a bias.
  public init(
    heads: Int, norm: (weight: Tensor, epsilon: Float)? = nil, angles: RotaryAngles? = nil, mayRound: Bool = false
  ) {
    self.heads = heads
    self.norm = norm
    self.angles = angles
    self.mayRound = mayRound
  }

  /// For some of the rows.
  public func rows(_ range: Range<Int>) -> HeadShape {
    HeadShape(heads: heads, norm: norm, angles: angles?.rows(range), mayRound: mayRound)
  }
}

/// Queries in the order in which a device reads them.
public struct AttentionQueries {
  /// [heads, count, size]
  let values: Tensor
  /// If they are bytes: what those stand for, [heads · count] float32.
  var steps: Tensor?
}

/// Keys and values in the order in which a device reads them.
public struct AttentionMemory {
  let count: Int
  /// [heads, count rounded up to whole blocks, size], each block in the device's own order; zero after `count`.
  let keys: Tensor
  let values: Tensor
  /// If they are bytes: what those stand for.
  var steps: MemorySteps?
  /// How many keys the last one stands for.
  private(set) var lastCount = 1

  init(count: Int, keys: Tensor, values: Tensor, steps: MemorySteps? = nil) {
    (self.count, self.keys, self.values, self.steps) = (count, keys, values, steps)
  }

  /// The same, where the last key and its value stand for so many equal ones. Keys that may be rounded cannot.
  public func counting(last count: Int) -> AttentionMemory {
    precondition(count == 1 || steps == nil, "a key in bytes counts once")
    var result = self
    result.lastCount = count
    return result
  }

  public var byteCount: Int { keys.byteCount + values.byteCount + (steps?.byteCount ?? 0) }
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

  /// For some of the places.
  public func rows(_ range: Range<Int>) -> RotaryAngles {
    RotaryAngles(cosine: cosine.rows(range), sine: sine.rows(range))
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
