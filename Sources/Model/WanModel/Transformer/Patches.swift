import Tensors

/// Between latents [frames, height, width, channels] and tokens, one for each patch.
struct Patches {
  let frames: Int
  let rows: Int
  let columns: Int
  /// Latent frames, rows and columns that make one token.
  let size: [Int]

  init(latents shape: [Int], size: [Int]) {
    (frames, rows, columns) = (shape[0] / size[0], shape[1] / size[1], shape[2] / size[2])
    self.size = size
  }

  var count: Int { frames * rows * columns }

  /// [tokens, channels · volume], in the order of the embedding's weight: channel, frame, row, column.
  func gather(_ latents: Tensor) -> Tensor {
    let channels = latents.shape[3]
    let volume = size.reduce(1, *)
    let result = Tensor(uninitialized: [count, channels * volume])
    latents.withFloats { source in
      result.withMutableFloats { target in
        forEach(latents.shape) { token, position, place in
          for channel in 0..<channels {
            target[(token * channels + channel) * volume + position] = source[place * channels + channel]
          }
        }
      }
    }
    return result
  }

  /// The inverse for the output of the head, [tokens, volume · channels] with the channel innermost.
  func scatter(_ tokens: Tensor, into shape: [Int]) -> Tensor {
    let channels = shape[3]
    let volume = size.reduce(1, *)
    let result = Tensor(uninitialized: shape)
    tokens.withFloats { source in
      result.withMutableFloats { target in
        forEach(shape) { token, position, place in
          for channel in 0..<channels {
            target[place * channels + channel] = source[(token * volume + position) * channels + channel]
          }
        }
      }
    }
    return result
  }

  /// Calls with the token, the position inside its patch, and the place in the latents (in pixels).
  private func forEach(_ shape: [Int], _ body: (Int, Int, Int) -> Void) {
    let (height, width) = (shape[1], shape[2])
    for place in 0..<count * size.reduce(1, *) {
      let (t, y, x) = (place / (height * width), place / width % height, place % width)
      let token = (t / size[0] * rows + y / size[1]) * columns + x / size[2]
      let position = (t % size[0] * size[1] + y % size[1]) * size[2] + x % size[2]
      body(token, position, place)
    }
  }
}

extension TransformerConfiguration {
  /// Latent pixels in one token.
  public var patchVolume: Int { patchSize.reduce(1, *) }
}
