import Tensors
import WanModel

/// Decodes whole pictures, or, when memory is short, tile after tile of the whole clip: tiles overlap in space alone
/// and are blended by ramps, so that nothing flickers in time and no seam shows.
struct TiledDecoder {
  let decoder: VAEDecoder
  let tiles: TileChoice

  /// - Parameters:
  ///   - latents: [frames, height, width, zDim]
  ///   - progress: the share of the work that is done, 0…1.
  ///   - emit: gets the frames in order, [height, width, channels].
  func decode(
    _ latents: Tensor, isCancelled: () -> Bool, progress: (Double) -> Void, emit: (Tensor) throws -> Void
  ) throws {
    let frames = (latents.shape[0] - 1) * decoder.configuration.temporalStride + 1
    if tiles.count == 1 {
      var done = 0
      return try decoder.decode(latents, isCancelled: isCancelled) { picture in
        try emit(picture)
        done += 1
        progress(Double(done) / Double(frames))
      }
    }
    let canvas = try blend(latents, frames: frames, isCancelled: isCancelled, progress: progress)
    for frame in 0..<frames { try emit(canvas.picture(frame)) }
  }

  private func blend(
    _ latents: Tensor, frames: Int, isCancelled: () -> Bool, progress: (Double) -> Void
  ) throws -> TileCanvas {
    let shape = decoder.configuration
    let scale = shape.spatialStride
    let canvas = try TileCanvas(
      frames: frames, height: latents.shape[1] * scale, width: latents.shape[2] * scale, channels: shape.colours)
    var done = 0
    for (row, top) in tiles.rows.starts.enumerated() {
      for (column, left) in tiles.columns.starts.enumerated() {
        let part = crop(latents, top: top, left: left)
        let weights = (tiles.rows.weights(row, scale: scale), tiles.columns.weights(column, scale: scale))
        var frame = 0
        try decoder.decode(part, isCancelled: isCancelled) { picture in
          canvas.add(picture, frame: frame, top: top * scale, left: left * scale, weights: weights)
          (frame, done) = (frame + 1, done + 1)
          progress(Double(done) / Double(frames * tiles.count))
        }
      }
    }
    return canvas
  }

  private func crop(_ latents: Tensor, top: Int, left: Int) -> Tensor {
    let (frames, height, width, channels) = (latents.shape[0], latents.shape[1], latents.shape[2], latents.shape[3])
    let (rows, columns) = (tiles.rows.tile, tiles.columns.tile)
    var values: [Float] = []
    values.reserveCapacity(frames * rows * columns * channels)
    latents.withFloats { source in
      for frame in 0..<frames {
        for row in top..<top + rows {
          let start = ((frame * height + row) * width + left) * channels
          values += source[start..<start + columns * channels]
        }
      }
    }
    return Tensor(values, shape: [frames, rows, columns, channels])
  }
}

/// All frames of a clip, put together from weighted tiles.
private struct TileCanvas {
  let height: Int
  let width: Int
  let channels: Int
  let file: ScratchFile

  init(frames: Int, height: Int, width: Int, channels: Int) throws {
    (self.height, self.width, self.channels) = (height, width, channels)
    file = try ScratchFile(count: frames * height * width * channels)
  }

  func add(_ picture: Tensor, frame: Int, top: Int, left: Int, weights: (rows: [Float], columns: [Float])) {
    let target = file.values
    picture.withFloats { source in
      var from = 0
      for (row, rowWeight) in weights.rows.enumerated() {
        var to = ((frame * height + top + row) * width + left) * channels
        for columnWeight in weights.columns {
          for _ in 0..<channels {
            target[to] += source[from] * rowWeight * columnWeight
            (from, to) = (from + 1, to + 1)
          }
        }
      }
    }
  }

  func picture(_ frame: Int) -> Tensor {
    let count = height * width * channels
    return Tensor(Array(file.values[frame * count..<(frame + 1) * count]), shape: [height, width, channels])
  }
}
