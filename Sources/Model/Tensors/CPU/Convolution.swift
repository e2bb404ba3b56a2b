import COneDNN
import Kernels

extension CPU {
  public func convolve(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel) -> FeatureMap {
    let present = present(frames, kernel)
    let (height, width) = (present[0].map.height, present[0].map.width)
    let result = FeatureMap(uninitializedHeight: height, width: width, channels: kernel.outputs)
    convolve(present, kernel, into: result, accumulates: false)
    return result
  }

  public func addConvolution(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel, to x: FeatureMap) {
    let present = present(frames, kernel)
    let (height, width) = (present[0].map.height, present[0].map.width)
    precondition([x.height, x.width, x.channels] == [height, width, kernel.outputs] && x.type == .float32)
    convolve(present, kernel, into: x, accumulates: true)
  }

  private func convolve(
    _ frames: [(frame: Int, map: FeatureMap)], _ kernel: ConvolutionKernel, into result: FeatureMap, accumulates: Bool
  ) {
    if precision == .reference { return convolveByProducts(frames, kernel, into: result, accumulates) }
    let piece = rowsOfPiece(result, kernel)
    convolveInPieces(frames, kernel, piece, accumulates: accumulates) { rows, sums in
      sums(result.row(rows.lowerBound) - result.channels)
      result.clearSides(rows)
    }
  }

  /// What is normed comes out of the convolution piece by piece, and is still in the cache then.
  public func convolve(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel, norm gamma: Tensor) -> FeatureMap {
    if precision == .reference { return channelNorm(convolve(frames, kernel), gamma: gamma, silu: true) }
    let present = present(frames, kernel)
    let (height, width) = (present[0].map.height, present[0].map.width)
    let result = FeatureMap(
      uninitializedHeight: height, width: width, channels: kernel.outputs, type: multiplied, stays: true)
    convolveInPieces(present, kernel, rowsOfPiece(result, kernel)) { rows, sums in
      let piece = Tensor(uninitialized: [rows.count, result.rowStride])
      sums(piece.f32)
      measured(.picture) {
        loops.channel_norm(
          piece.f32, rows.count * (width + 2), kernel.outputs, gamma.f32, 1, result.start(ofRow: rows.lowerBound),
          isBFloat16(result.values))
      }
      result.clearSides(rows)
    }
    return result
  }

  /// The pictures that are not zeros, each with the frame of the kernel that sees it, as convolutions read them.
  private func present(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel) -> [(frame: Int, map: FeatureMap)] {
    precondition(frames.count == kernel.frames, "as many pictures as the kernel has frames")
    let present = frames.enumerated().compactMap { index, map in map.map { (frame: index, map: forConvolutions($0)) } }
    guard let some = present.first?.map else { preconditionFailure("a convolution over nothing but padding") }
    Rehearsal.count(
      operations: 2 * Double(some.height * some.width) * Double(kernel.outputs) * Double(kernel.valuesPerOutput))
    return present
  }

  public func forConvolutions(_ x: FeatureMap) -> FeatureMap {
    if x.type == multiplied { return x }
    let result = FeatureMap(
      uninitializedHeight: x.height, width: x.width, channels: x.channels, type: multiplied, stays: true)
    inParallel(x.height, piece: rowsOfPiece(x, pixels: 4096)) { rows in
      measured(.picture) {
        let count = rows.count * x.rowStride
        loops.to_bf16(
          x.row(rows.lowerBound) - x.channels, 1, count, count,
          result.start(ofRow: rows.lowerBound).assumingMemoryBound(to: UInt16.self), count)
      }
    }
    return result
  }

  /// Rows of a convolution's result whose sums stay in the second-level cache, beside weights that are ours to order.
  func rowsOfPiece(_ result: FeatureMap, _ kernel: ConvolutionKernel) -> Int {
    rowsOfPiece(result, pixels: (convolvesAlone(kernel) ? 1 << 17 : 1 << 18) / kernel.outputs)
  }

  /// Rows of a picture that one core takes at a time: about eight pieces for small pictures, at most
  /// `pixels` pixels for large ones.
  func rowsOfPiece(_ map: FeatureMap, pixels: Int) -> Int {
    max(1, min((map.height + 7) / 8, pixels / (map.width + 2)))
  }

  func operations(_ rows: Range<Int>, _ width: Int, _ kernel: ConvolutionKernel) -> Int {
    2 * rows.count * width * kernel.inputs * kernel.outputs * kernel.size * kernel.size
  }

  /// What a convolution is added to: what is there or zero, and the bias.
  private func begin(_ map: FeatureMap, _ rows: Range<Int>, _ kernel: ConvolutionKernel, _ accumulates: Bool) {
    let target = map.row(rows.lowerBound) - map.channels
    if !accumulates { target.update(repeating: 0, count: rows.count * map.rowStride) }
    if let bias = kernel.bias {
      loops.addBias(bias.f32, to: target, rows: rows.count * (map.width + 2), columns: map.channels)
    }
  }

  /// A 3 × 3 convolution is a sum of nine matrix products over the pixels as they lie, border included, each read
  /// from another place. What it writes into border columns is thrown away.
  private func convolveByProducts(
    _ frames: [(frame: Int, map: FeatureMap)], _ kernel: ConvolutionKernel, into result: FeatureMap,
    _ accumulates: Bool
  ) {
    let (size, inputs, outputs) = (kernel.size, kernel.inputs, kernel.outputs)
    let area = size * size
    let weights = plainWeights(kernel)
    inParallel(result.height, piece: rowsOfPiece(result, pixels: 2048)) { rows in
      begin(result, rows, kernel, accumulates)
      let product = Product(
        m: rows.count * (result.width + 2) - 2, n: outputs, k: inputs, strideA: inputs, strideB: area * inputs,
        strideC: outputs, accumulates: true)
      for (frame, map) in frames {
        measured(.convolution, operations: operations(rows, result.width, kernel)) {
          for position in 0..<area {
            let (ky, kx) = (position / size - size / 2, position % size - size / 2)
            let source = map.row(rows.lowerBound + ky) + kx * inputs
            multiply(product, source, weights[frame].f32 + position * inputs, result.row(rows.lowerBound))
          }
        }
      }
      result.clearSides(rows)
    }
  }

  /// - Parameter finish: gets the rows of a piece, and what writes their sums densely to where it says, or adds them
  ///   to what is there.
  private func convolveInPieces(
    _ frames: [(frame: Int, map: FeatureMap)], _ kernel: ConvolutionKernel, _ piece: Int, accumulates: Bool = false,
    finish: (Range<Int>, (UnsafeMutablePointer<Float>) -> Void) -> Void
  ) {
    let (height, width) = (frames[0].map.height, frames[0].map.width)
    let convolution = PieceConvolution(
      self, kernel, frames: frames.map(\.frame), heights: [piece, height % piece], width: width)
    inParallel(height, piece: piece) { rows in
      let sources = frames.map { UnsafeRawPointer($0.map.start(ofRow: rows.lowerBound - kernel.size / 2)) }
      finish(rows) { convolution.run(sources, rows: rows.count, into: $0, accumulates: accumulates) }
    }
  }

  /// The convolutions of those of the kernel's frames that are used, ready for pieces of these heights.
  func prepare(
    _ kernel: ConvolutionKernel, _ frames: [Int], rows: [Int], width: Int
  ) -> [PreparedConvolution] {
    if kernel.prepared.count != kernel.frames || !(kernel.prepared.first is PreparedConvolution) {
      kernel.prepared = (0..<kernel.frames).map { _ in PreparedConvolution(kernel, type: dnnType) }
    }
    let prepared = kernel.prepared.compactMap { $0 as? PreparedConvolution }
    let wanted = rows.filter { $0 > 0 }
    inParallel(frames.count) { prepared[frames[$0]].prepare(kernel, frame: frames[$0], rows: wanted, width: width) }
    return frames.map { prepared[$0] }
  }

  private func plainWeights(_ kernel: ConvolutionKernel) -> [Tensor] {
    if let kept = kernel.prepared as? [PlainWeights], !kept.isEmpty { return kept.map(\.values) }
    let kept = (0..<kernel.frames).map { PlainWeights(values: kernel.channelsLast(frame: $0)) }
    kernel.prepared = kept
    return kept.map(\.values)
  }

  public func channelNorm(_ x: FeatureMap, gamma: Tensor, silu: Bool) -> FeatureMap {
    let result = FeatureMap(
      uninitializedHeight: x.height, width: x.width, channels: x.channels, type: multiplied, stays: true)
    inParallel(x.height, piece: rowsOfPiece(x, pixels: 4096)) { rows in
      measured(.picture) {
        let from = x.row(rows.lowerBound) - x.channels
        loops.channel_norm(
          from, rows.count * (x.width + 2), x.channels, gamma.f32, silu ? 1 : 0, result.start(ofRow: rows.lowerBound),
          isBFloat16(result.values))
      }
    }
    return result
  }

  public func oddPixels(_ x: FeatureMap) -> FeatureMap {
    let channels = x.channels
    let result = FeatureMap(uninitializedHeight: x.height / 2, width: x.width / 2, channels: channels)
    for row in 0..<result.height {
      let (from, to) = (x.row(2 * row + 1) + channels, result.row(row))
      for column in 0..<result.width {
        (to + column * channels).update(from: from + 2 * column * channels, count: channels)
      }
    }
    result.clearSides(0..<result.height)
    return result
  }

  public func channels(_ range: Range<Int>, of x: FeatureMap) -> FeatureMap {
    let result = FeatureMap(uninitializedHeight: x.height, width: x.width, channels: range.count)
    inParallel(x.height, piece: rowsOfPiece(x, pixels: 4096)) { rows in
      measured(.picture) {
        for row in rows {
          let (from, to) = (x.row(row) + range.lowerBound, result.row(row))
          for column in 0..<x.width {
            (to + column * range.count).update(from: from + column * x.channels, count: range.count)
          }
        }
        result.clearSides(rows)
      }
    }
    return result
  }
}

/// Owns the oneDNN convolution of one frame of a kernel, with its packed weights.
final class PreparedConvolution {
  let handle: OpaquePointer
  private let weights: ForeignMemory

  init(_ kernel: ConvolutionKernel, type: mv_dnn_type) {
    guard let handle = mv_dnn_convolution_create(type, kernel.inputs, kernel.outputs, kernel.size, kernel.size)
    else { preconditionFailure(String(cString: mv_dnn_message())) }
    self.handle = handle
    weights = ForeignMemory(byteCount: Self.packedBytes(kernel.outputs, kernel.inputs, kernel.size, type))
  }

  /// oneDNN rounds both numbers of channels up to whole vectors, and takes whole pages.
  private static func packedBytes(_ outputs: Int, _ inputs: Int, _ size: Int, _ type: mv_dnn_type) -> Int {
    let values = (outputs + 15) / 16 * 16 * ((inputs + 15) / 16 * 16) * size * size
    return (values * (type == mv_dnn_bf16 ? 2 : 4) + 4095) / 4096 * 4096
  }

  func prepare(_ kernel: ConvolutionKernel, frame: Int, rows: [Int], width: Int) {
    let missing = rows.filter { mv_dnn_convolution_is_prepared(handle, $0, width) == 0 }
    if missing.isEmpty { return }
    let weights = kernel.channelsLast(frame: frame)
    for count in missing {
      let failed = mv_dnn_convolution_prepare(handle, count, width, weights.f32)
      precondition(failed == 0, String(cString: mv_dnn_message()))
    }
    kernel.releasePages()
  }

  deinit { mv_dnn_convolution_destroy(handle) }
}

/// The weights of one frame of a kernel, channels last.
private final class PlainWeights {
  let values: Tensor
  init(values: Tensor) { self.values = values }
}
