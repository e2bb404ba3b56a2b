import Rendering
import Tensors

/// Turns latents into small pictures by one linear map from channels to colour: rough, but nearly free.
struct LatentPreview {
  /// Red, green and blue of each latent channel, and the colour of a latent of zeros; −1…1.
  let factors: [[Float]]
  let bias: [Float]

  /// One picture for each latent frame, one pixel for each latent.
  /// - Parameter latents: normalised, [frames, height, width, channels]
  func frames(_ latents: [Float], shape: [Int]) -> [Frame] {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    guard channels == factors.count else { return [] }
    return (0..<shape[0]).map { frame in
      let rgb = (0..<height * width).flatMap { pixel -> [UInt8] in
        let start = (frame * height * width + pixel) * channels
        return (0..<3).map { colour in
          var level = bias[colour]
          for channel in 0..<channels { level += latents[start + channel] * factors[channel][colour] }
          return level.isFinite ? UInt8(max(0, min(255, (level + 1) * 127.5))) : 0
        }
      }
      return Frame(width: width, height: height, rgb: rgb)
    }
  }

  /// For latents of the Wan 2.1 VAE (which Wan 2.2 A14B uses): the factors that ComfyUI publishes in its
  /// `latent_formats.py`.
  static let wan21 = LatentPreview(
    factors: [
      [-0.1299, -0.1692, 0.2932], [0.0671, 0.0406, 0.0442], [0.3568, 0.2548, 0.1747], [0.0372, 0.2344, 0.1420],
      [0.0313, 0.0189, -0.0328], [0.0296, -0.0956, -0.0665], [-0.3477, -0.4059, -0.2925], [0.0166, 0.1902, 0.1975],
      [-0.0412, 0.0267, -0.1364], [-0.1293, 0.0740, 0.1636], [0.0680, 0.3019, 0.1128], [0.0032, 0.0581, 0.0639],
      [-0.1251, 0.0927, 0.1699], [0.0060, -0.0633, 0.0005], [0.3477, 0.2275, 0.2950], [0.1984, 0.0913, 0.1861],
    ],
    bias: [-0.1835, -0.0868, -0.3360])
}
