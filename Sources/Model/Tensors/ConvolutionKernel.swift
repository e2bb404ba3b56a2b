/// The weights of a stride-1 convolution over time and space.
public final class ConvolutionKernel {
  public let outputs: Int
  public let inputs: Int
  public let frames: Int
  /// Height and width of the kernel: 1 or 3.
  public let size: Int
  /// [outputs, inputs, frames, size, size], as it lies in its file.
  private let weight: Tensor
  let bias: Tensor?
  /// What a device makes of the weights of each frame of the kernel, and keeps.
  var prepared: [AnyObject] = []

  /// - Parameters:
  ///   - weight: [outputs, inputs, frames, size, size], or without `frames` for a convolution over space alone,
  ///     as PyTorch stores it.
  ///   - bias: [outputs]
  public init(_ weight: Tensor, bias: Tensor?) {
    let shape = weight.shape.count == 4 ? [weight.shape[0], weight.shape[1], 1] + weight.shape[2...] : weight.shape
    precondition(shape.count == 5 && shape[3] == shape[4] && (shape[3] == 1 || shape[3] == 3))
    (outputs, inputs, frames, size) = (shape[0], shape[1], shape[2], shape[3])
    self.weight = weight.reshaped(shape)
    self.bias = bias?.asFloat32()
  }

  /// Products that make one value of a result.
  var valuesPerOutput: Int { inputs * frames * size * size }

  /// A device has made its own of the weights: the pages of their file need not stay in memory.
  func releasePages() { weight.storage.releasePages(weight.byteOffset..<weight.byteOffset + weight.byteCount) }

  /// The weights of one frame of the kernel, channels last: [outputs, size, size, inputs] float32.
  func channelsLast(frame: Int) -> Tensor {
    let (frames, inputs, area) = (frames, inputs, size * size)
    let source = weight.asFloat32()
    let result = Tensor(uninitialized: [outputs, size, size, inputs])
    if Rehearsal.isOn { return result }
    source.withFloats { source in
      result.withMutableFloats { target in
        for output in 0..<outputs {
          for input in 0..<inputs {
            let from = ((output * inputs + input) * frames + frame) * area
            let to = output * area * inputs + input
            for position in 0..<area { target[to + position * inputs] = source[from + position] }
          }
        }
      }
    }
    return result
  }
}
