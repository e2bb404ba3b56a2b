import Kernels

/// Rows that one core takes at a time.
private let rowsPerPiece = 32

extension CPU {
  public func layerNorm(_ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Float) -> Tensor {
    mapRows(x) { from, rows, channels, to in
      loops.layer_norm(from, rows, channels, weight?.f32, bias?.f32, epsilon, to)
    }
  }

  public func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float) -> Tensor {
    mapRows(x) { from, rows, channels, to in
      loops.rms_norm(from, rows, channels, weight.f32, epsilon, to)
    }
  }

  public func rotate(_ x: Tensor, heads: Int, by angles: RotaryAngles) -> Tensor {
    let result = Tensor(uninitialized: x.shape)
    let size = x.shape[1] / heads
    inParallel(x.shape[0], piece: rowsPerPiece) { rows in
      let (offset, angle) = (rows.lowerBound * x.shape[1], rows.lowerBound * size / 2)
      loops.rotate(
        x.f32 + offset, rows.count, heads, size, angles.cosine.f32 + angle, angles.sine.f32 + angle,
        result.f32 + offset)
    }
    return result
  }

  public func add(_ y: Tensor, to x: Tensor, gate: Tensor? = nil) {
    precondition(x.shape == y.shape)
    let channels = x.shape[1]
    inParallel(x.shape[0], piece: rowsPerPiece) { rows in
      let offset = rows.lowerBound * channels
      loops.add_gated(x.f32 + offset, y.f32 + offset, rows.count, channels, gate?.f32)
    }
  }

  public func multiply(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape == y.shape)
    let result = x.copy()
    let channels = x.shape[1]
    inParallel(x.shape[0], piece: rowsPerPiece) { rows in
      loops.multiply(result.f32 + rows.lowerBound * channels, y.f32 + rows.lowerBound * channels, rows.count * channels)
    }
    return result
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

  private func mapRows(
    _ x: Tensor, _ body: (UnsafeMutablePointer<Float>, Int, Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let result = Tensor(uninitialized: x.shape)
    let channels = x.shape[1]
    inParallel(x.shape[0], piece: rowsPerPiece) { rows in
      let offset = rows.lowerBound * channels
      body(x.f32 + offset, rows.count, channels, result.f32 + offset)
    }
    return result
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
