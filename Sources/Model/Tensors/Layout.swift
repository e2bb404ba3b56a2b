/// Between the layout of the published models' arrays, channels outermost, and ours, channels innermost.
extension Tensor {
  /// [channels, frames, height, width] or [1, channels, …] float32 → [frames, height, width, channels].
  public func channelsLast() -> Tensor {
    let shape = Array(self.shape.suffix(4))
    let (channels, places) = (shape[0], shape[1...].reduce(1, *))
    return transposed(rows: channels, columns: places).reshaped(shape[1...] + [channels])
  }

  /// [frames, height, width, channels] float32 → [1, channels, frames, height, width].
  public func channelsFirst() -> Tensor {
    let (channels, places) = (shape[3], shape[..<3].reduce(1, *))
    return transposed(rows: places, columns: channels).reshaped([1, channels] + shape[..<3])
  }

  private func transposed(rows: Int, columns: Int) -> Tensor {
    let source = asFloat32()
    let result = Tensor(uninitialized: [columns, rows])
    source.withFloats { source in
      result.withMutableFloats { target in
        for row in 0..<rows {
          for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
        }
      }
    }
    return result
  }
}
