import COneDNN
import Kernels

extension CPU {
  public func convolve(_ frames: [FeatureMap?], _ kernel: ConvolutionKernel) -> FeatureMap {
    precondition(frames.count == kernel.frames, "as many pictures as the kernel has frames")
    guard let some = frames.lazy.compactMap({ $0 }).first else {
      preconditionFailure("a convolution over nothing but padding")
    }
    let result = FeatureMap(uninitializedHeight: some.height, width: some.width, channels: kernel.outputs)
    Rehearsal.count(operations: 2 * some.height * some.width * kernel.outputs * kernel.valuesPerOutput)
    let present = frames.enumerated().compactMap { index, map in map.map { (index, $0) } }
    switch precision {
    case .reference: convolveByProducts(present, kernel, into: result)
    case .fast: convolveOnOneDNN(present, kernel, into: result)
    }
    return result
  }

  /// Rows of a picture that one core takes at a time: about eight pieces for small pictures, at most
  /// `pixels` pixels for large ones.
  private func rowsPerPiece(_ map: FeatureMap, pixels: Int) -> Int {
    max(1, min((map.height + 7) / 8, pixels / (map.width + 2)))
  }

  private func finish(_ map: FeatureMap, _ rows: Range<Int>, _ kernel: ConvolutionKernel) {
    for row in rows { loops.finish(map.row(row), map.width, map.channels, map.channels, kernel.bias?.f32, mv_identity) }
    map.clearSides(rows)
  }

  /// A 3 × 3 convolution is a sum of nine matrix products over the pixels as they lie, border included, each read
  /// from another place. What it writes into border columns is thrown away.
  private func convolveByProducts(_ frames: [(Int, FeatureMap)], _ kernel: ConvolutionKernel, into result: FeatureMap) {
    let (size, inputs, outputs) = (kernel.size, kernel.inputs, kernel.outputs)
    let area = size * size
    let values = kernel.values
    inParallel(result.height, piece: rowsPerPiece(result, pixels: 2048)) { rows in
      var product = Product(
        m: rows.count * (result.width + 2) - 2, n: outputs, k: inputs, strideA: inputs, strideB: area * inputs,
        strideC: outputs)
      for (frame, map) in frames {
        for position in 0..<area {
          let (ky, kx) = (position / size - size / 2, position % size - size / 2)
          let source = map.row(rows.lowerBound + ky) + kx * inputs
          let weights = values.f32 + (frame * outputs * area + position) * inputs
          multiply(product, source, weights, result.row(rows.lowerBound))
          product.accumulates = true
        }
      }
      finish(result, rows, kernel)
    }
  }

  /// oneDNN sees whole rows, border columns included, so that rows lie densely.
  private func convolveOnOneDNN(_ frames: [(Int, FeatureMap)], _ kernel: ConvolutionKernel, into result: FeatureMap) {
    let prepared = preparedConvolutions(kernel)
    let sources = frames.map { ($0, multiplied == .float32 ? $1.values : operand($1.values)) }
    let margin = kernel.size / 2
    inParallel(result.height, piece: rowsPerPiece(result, pixels: 16384)) { rows in
      for (index, (frame, source)) in sources.enumerated() {
        let offset = (rows.lowerBound + 1 - margin) * (result.width + 2) * kernel.inputs
        let failed = mv_dnn_convolution_run(
          prepared[frame].handle, rows.count, result.width + 2, source.pointer + offset * multiplied.block.bytes,
          result.row(rows.lowerBound) - result.channels, index > 0 ? 1 : 0)
        precondition(failed == 0, String(cString: mv_dnn_message()))
      }
      finish(result, rows, kernel)
    }
  }

  private func preparedConvolutions(_ kernel: ConvolutionKernel) -> [PreparedConvolution] {
    if let prepared = kernel.prepared as? [PreparedConvolution], !prepared.isEmpty { return prepared }
    let prepared = (0..<kernel.frames).map { PreparedConvolution(kernel, frame: $0, type: dnnType) }
    kernel.prepared = prepared
    kernel.forgetValues()
    return prepared
  }

  public func channelNorm(_ x: FeatureMap, gamma: Tensor, silu: Bool) -> FeatureMap {
    let result = FeatureMap(uninitializedHeight: x.height, width: x.width, channels: x.channels)
    inParallel(x.height, piece: rowsPerPiece(x, pixels: 4096)) { rows in
      let (from, to) = (x.row(rows.lowerBound) - x.channels, result.row(rows.lowerBound) - x.channels)
      loops.channel_norm(from, rows.count * (x.width + 2), x.channels, gamma.f32, silu ? 1 : 0, to)
    }
    return result
  }

  public func upsample(_ x: FeatureMap) -> FeatureMap {
    let channels = x.channels
    let result = FeatureMap(uninitializedHeight: 2 * x.height, width: 2 * x.width, channels: channels)
    inParallel(x.height, piece: rowsPerPiece(x, pixels: 4096)) { rows in
      for row in rows {
        let (from, to) = (x.row(row), result.row(2 * row))
        for column in 0..<x.width {
          (to + 2 * column * channels).update(from: from + column * channels, count: channels)
          (to + (2 * column + 1) * channels).update(from: from + column * channels, count: channels)
        }
        result.row(2 * row + 1).update(from: to, count: 2 * x.width * channels)
      }
      result.clearSides(2 * rows.lowerBound..<2 * rows.upperBound)
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

  public func add(_ y: FeatureMap, to x: FeatureMap) {
    precondition(x.values.shape == y.values.shape)
    inParallel(x.height, piece: rowsPerPiece(x, pixels: 4096)) { rows in
      let count = (x.width + 2) * rows.count
      loops.add_gated(
        x.row(rows.lowerBound) - x.channels, y.row(rows.lowerBound) - x.channels, count, x.channels, nil)
    }
  }

  public func channels(_ range: Range<Int>, of x: FeatureMap) -> FeatureMap {
    let result = FeatureMap(uninitializedHeight: x.height, width: x.width, channels: range.count)
    inParallel(x.height, piece: rowsPerPiece(x, pixels: 4096)) { rows in
      for row in rows {
        let (from, to) = (x.row(row) + range.lowerBound, result.row(row))
        for column in 0..<x.width {
          (to + column * range.count).update(from: from + column * x.channels, count: range.count)
        }
      }
      result.clearSides(rows)
    }
    return result
  }
}

/// Owns one oneDNN convolution with its packed weights.
private final class PreparedConvolution {
  /// None in a rehearsal.
  let handle: OpaquePointer?
  private let weights: ForeignMemory

  init(_ kernel: ConvolutionKernel, frame: Int, type: mv_dnn_type) {
    let (outputs, inputs, size) = (kernel.outputs, kernel.inputs, kernel.size)
    let values = kernel.values
    weights = ForeignMemory(byteCount: Self.packedBytes(outputs, inputs, size, type))
    guard !Rehearsal.isOn else {
      handle = nil
      return
    }
    let first = values.f32 + frame * outputs * size * size * inputs
    guard let handle = mv_dnn_convolution_create(type, inputs, outputs, size, size, first) else {
      preconditionFailure(String(cString: mv_dnn_message()))
    }
    self.handle = handle
  }

  /// oneDNN rounds both numbers of channels up to whole vectors, and takes whole pages.
  private static func packedBytes(_ outputs: Int, _ inputs: Int, _ size: Int, _ type: mv_dnn_type) -> Int {
    let values = (outputs + 15) / 16 * 16 * ((inputs + 15) / 16 * 16) * size * size
    return (values * (type == mv_dnn_bf16 ? 2 : 4) + 4095) / 4096 * 4096
  }

  deinit {
    if let handle { mv_dnn_convolution_destroy(handle) }
  }
}
