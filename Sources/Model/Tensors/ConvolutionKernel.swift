/// The weights of a stride-1 convolution over time and space, in the order in which devices read them.
public final class ConvolutionKernel {
  public let outputs: Int
  public let inputs: Int
  public let frames: Int
  /// Height and width of the kernel: 1 or 3.
  public let size: Int
  /// [outputs, inputs, frames, size, size], as it was given.
  private let weight: Tensor
  private var ordered: Tensor?
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
    self.weight = weight.reshaped(shape)
  }

  /// [frames, outputs, size, size, inputs] float32; made when it is first asked for.
  var values: Tensor {
    if let ordered { return ordered }
    let made = Self.channelsLast(weight)
    ordered = made
    return made
  }

  /// Products that make one value of a result.
  var valuesPerOutput: Int { inputs * frames * size * size }

  /// For a device that has its own copy: the next one that asks has the values made again.
  func forgetValues() { ordered = nil }

  private static func channelsLast(_ weight: Tensor) -> Tensor {
    let shape = weight.shape
    let (outputs, inputs, frames, area) = (shape[0], shape[1], shape[2], shape[3] * shape[4])
    let result = Tensor(uninitialized: [frames, outputs, shape[3], shape[4], inputs])
    if Rehearsal.isOn { return result }
    let target = result.f32
    weight.asFloat32().withFloats { source in
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
