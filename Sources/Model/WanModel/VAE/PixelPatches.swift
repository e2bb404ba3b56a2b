import Tensors

/// The squares of pixels that the VAE of Wan 2.2 sees as one: their colours are channels, in the order colour, column,
/// row. Source: `patchify` of the Wan repository's `vae2_2.py`.
struct PixelPatches {
  /// Pixels along each side.
  let size: Int

  /// [height · size, width · size, colours] → [height, width, colours · size²]
  func gather(_ picture: Tensor) -> Tensor {
    guard size > 1 else { return picture }
    let shape = picture.shape
    let result = Tensor(uninitialized: [shape[0] / size, shape[1] / size, shape[2] * size * size])
    picture.withFloats { source in
      result.withMutableFloats { target in
        forEach(height: shape[0], width: shape[1], colours: shape[2]) { target[$1] = source[$0] }
      }
    }
    return result
  }

  /// The inverse.
  func scatter(_ patches: Tensor) -> Tensor {
    guard size > 1 else { return patches }
    let shape = [patches.shape[0] * size, patches.shape[1] * size, patches.shape[2] / (size * size)]
    let result = Tensor(uninitialized: shape)
    patches.withFloats { source in
      result.withMutableFloats { target in
        forEach(height: shape[0], width: shape[1], colours: shape[2]) { target[$0] = source[$1] }
      }
    }
    return result
  }

  /// Calls with the place of a value in the picture, and its place in the patches.
  private func forEach(height: Int, width: Int, colours: Int, _ body: (Int, Int) -> Void) {
    var place = 0
    for y in 0..<height {
      for x in 0..<width {
        let patch = (y / size * (width / size) + x / size) * colours * size * size
        for colour in 0..<colours {
          body(place, patch + (colour * size + x % size) * size + y % size)
          place += 1
        }
      }
    }
  }
}
