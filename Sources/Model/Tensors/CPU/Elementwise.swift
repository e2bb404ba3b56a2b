import Kernels

/// Rows that one core takes at a time.
private let rowsPerPiece = 32

extension CPU {
  public func layerNorm(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Float, for use: Use = .sums
  ) -> Tensor {
    mapRows(x, for: use) { from, rows, channels, to in
      loops.layer_norm(from, rows, channels, weight?.f32, bias?.f32, epsilon, to)
    }
  }

  public func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float, for use: Use = .sums) -> Tensor {
    mapRows(x, for: use) { from, rows, channels, to in
      loops.rms_norm(from, rows, channels, weight.f32, epsilon, to)
    }
  }

  public func embed(_ ids: [Int32], table: Weight) -> Tensor {
    let channels = table.inputs
    let result = Tensor(uninitialized: [ids.count, channels])
    for (row, id) in ids.enumerated() {
      let values = table.expandedRows(Int(id)..<Int(id) + 1)
      (result.f32 + row * channels).update(from: values.f32, count: channels)
    }
    return result
  }

  /// Row by row through float32, so that a row is converted while it is in the cache.
  private func mapRows(
    _ x: Tensor, for use: Use, _ body: (UnsafeMutablePointer<Float>, Int, Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let result = place(x.shape, for: use)
    let channels = x.shape[1]
    inParallel(x.shape[0], piece: rowsPerPiece) { rows in
      measured(.norm) {
        let from = x.f32 + rows.lowerBound * channels
        guard result.type == .bfloat16 else { return body(from, rows.count, channels, result.rows(rows).f32) }
        let row = Tensor(uninitialized: [channels])
        for index in 0..<rows.count {
          body(from + index * channels, 1, channels, row.f32)
          putRow(row.f32, in: result, rows.lowerBound + index)
        }
      }
    }
    return result
  }

  /// A row, rounded to bfloat16.
  func putRow(_ values: UnsafePointer<Float>, in result: Tensor, _ row: Int) {
    let (columns, width) = (result.shape[1], result.rowStride)
    loops.to_bf16(
      values, columns / width, width, width, result.bf16 + row * width, (result.panels?.stride ?? 0) / 2)
  }
}

extension CPU {
  /// A picture [height, width, 3] of −1…1 as RGB24; nil if it has NaN or infinity.
  public func rgb8(_ picture: Tensor) -> [UInt8]? {
    if picture.firstNonFinite() != nil { return nil }
    return [UInt8](unsafeUninitializedCapacity: picture.elementCount) { buffer, count in
      if let base = buffer.baseAddress { loops.to_rgb8(picture.f32, picture.elementCount, base) }
      count = picture.elementCount
    }
  }
}

extension mv_loops {
  /// To every row of a dense matrix, in place.
  func addBias(
    _ bias: UnsafePointer<Float>, to x: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    finish(x, rows, columns, columns, mv_byte_steps(), bias, mv_identity, x, columns, 0)
  }
}
