import Kernels

extension CPU {
  /// The large picture never exists as a whole: every piece of the result has the rows that it sees made for it, and
  /// they are still in the cache when it reads them.
  public func convolveUpsampled(_ x: FeatureMap, _ kernel: ConvolutionKernel) -> FeatureMap {
    let source = forConvolutions(x)
    if precision == .reference { return convolve([upsampled(source)], kernel) }
    let (height, width) = (2 * x.height, 2 * x.width)
    precondition(kernel.frames == 1 && kernel.inputs == x.channels)
    Rehearsal.count(
      operations: 2 * Double(height * width) * Double(kernel.outputs) * Double(kernel.valuesPerOutput))
    let result = FeatureMap(uninitializedHeight: height, width: width, channels: kernel.outputs)
    let piece = rowsOfPiece(result, kernel)
    let convolution = PieceConvolution(self, kernel, frames: [0], heights: [piece, height % piece], width: width)
    let margin = kernel.size / 2
    inParallel(height, piece: piece) { rows in
      let seen = Tensor(uninitialized: [rows.count + 2 * margin, width + 2, x.channels], type: multiplied)
      measured(.picture) { upsample(source, rows.lowerBound - margin..<rows.upperBound + margin, into: seen.pointer) }
      convolution.run(
        [UnsafeRawPointer(seen.pointer)], rows: rows.count, into: result.row(rows.lowerBound) - result.channels,
        accumulates: false)
      result.clearSides(rows)
    }
    return result
  }

  /// The whole picture, for convolutions.
  private func upsampled(_ source: FeatureMap) -> FeatureMap {
    let result = FeatureMap(
      uninitializedHeight: 2 * source.height, width: 2 * source.width, channels: source.channels, type: source.type)
    inParallel(result.height, piece: rowsOfPiece(result, pixels: 4096)) { rows in
      measured(.picture) { upsample(source, rows, into: result.start(ofRow: rows.lowerBound)) }
    }
    return result
  }

  /// Rows of the large picture with their borders; those outside of it are zeros.
  private func upsample(_ source: FeatureMap, _ rows: Range<Int>, into target: UnsafeMutableRawPointer) {
    let pixel = source.channels * source.type.block.bytes
    let stride = (2 * source.width + 2) * pixel
    for (index, row) in rows.enumerated() {
      let to = target + index * stride
      guard (0..<2 * source.height).contains(row) else {
        to.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
        continue
      }
      if index > 0, !row.isMultiple(of: 2) {
        to.copyMemory(from: to - stride, byteCount: stride)
        continue
      }
      let from = source.start(ofRow: row / 2) + pixel
      to.initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
      for column in 0..<source.width {
        let (wide, narrow) = (to + (2 * column + 1) * pixel, from + column * pixel)
        wide.copyMemory(from: narrow, byteCount: pixel)
        (wide + pixel).copyMemory(from: narrow, byteCount: pixel)
      }
      (to + stride - pixel).initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
    }
  }
}
