/// The weights of a stride-1 convolution over time and space, in the order in which devices read them.
public final class ConvolutionKernel {
  public let outputs: Int
  public let inputs: Int
  public let frames: Int
  /// Height and width of the kernel: 1 or 3.
  public let size: Int
  /// [frames, outputs, size, size, inputs] float32.
  let values: Tensor
  let bias: Tensor?
  /// What a device keeps beside it, for each frame of the kernel.
  var prepared: [AnyObject] = []

  /// - Parameters:
  ///   - weight: [outputs, inputs, frames, size, size], or without `frames` for a convolution over space alone,
  ///     as PyTorch stores it.
  ///   - bias: [outputs]
  public init(_ weight: Tensor, bias: Tensor?) {
    let shape = weight.shape.count == 4 ? [weight.shape[0], weight.shape[1], 1] + weight.shape[2...] : weight.shape
    precondition(shape.count == 5 && shape[3] == shape[4] && (shape[3] == 1 || shape[3] == 3))
    (outputs, inputs, frames, size) = (shape[0], shape[1], shape[2], shape[3])
    self.bias = bias?.asFloat32()
    values = Self.channelsLast(weight.floats(), shape: shape)
  }

  private static func channelsLast(_ source: [Float], shape: [Int]) -> Tensor {
    let (outputs, inputs, frames, area) = (shape[0], shape[1], shape[2], shape[3] * shape[4])
    let result = Tensor(uninitialized: [frames, outputs, shape[3], shape[4], inputs])
    let target = result.f32
    source.withUnsafeBufferPointer { source in
      for output in 0..<outputs {
        for input in 0..<inputs {
          for frame in 0..<frames {
            let from = ((output * inputs + input) * frames + frame) * area
            let to = (frame * outputs + output) * area * inputs + input
            for position in 0..<area { target[to + position * inputs] = source[from + position] }
          }
        }
      }
    }
    return result
  }
}
