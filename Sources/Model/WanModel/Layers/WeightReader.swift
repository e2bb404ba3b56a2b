import Checkpoints
import Tensors

/// Reads the weights of one part of a model by the names they have in its checkpoint.
///
///     let block = reader["blocks.0"]
///     let query = try block.linear("attn1.to_q", from: 5120, to: 5120)
///
/// Matrices stay where they lie in the file; vectors become float32.
struct WeightReader {
  let checkpoint: Checkpoint
  var prefix = ""

  subscript(part: String) -> WeightReader { WeightReader(checkpoint: checkpoint, prefix: prefix + part + ".") }

  /// `name`.weight [outputs, inputs] and `name`.bias [outputs].
  func linear(_ name: String, from inputs: Int, to outputs: Int, bias: Bool = true) throws -> Weight {
    try matrix(name, shape: [outputs, inputs], bias: bias)
  }

  /// The same, and the device may round it to 8 bits.
  func roundable(_ name: String, from inputs: Int, to outputs: Int) throws -> Weight {
    let weight = try linear(name, from: inputs, to: outputs)
    weight.mayRound = true
    return weight
  }

  /// `name`.weight, whose sizes after the first count as one, and `name`.bias.
  func matrix(_ name: String, shape: [Int], bias: Bool = true) throws -> Weight {
    try checkpoint.weight(
      named: prefix + name + ".weight", shape: shape, bias: bias ? try vector(name + ".bias", shape[0]) : nil)
  }

  /// A small tensor as float32 [count], whatever ones its shape has besides.
  func vector(_ name: String, _ count: Int) throws -> Tensor {
    let tensor = try checkpoint.values(named: prefix + name)
    guard tensor.elementCount == count else {
      throw CheckpointError(
        .wrongShape(found: tensor.shape, expected: [count], others: 0), path: checkpoint.path, tensor: prefix + name)
    }
    return tensor.asFloat32().reshaped([count])
  }

  /// `name`.weight and `name`.bias of a convolution; `kernel` is [size, size] or [frames, size, size].
  func convolution(_ name: String, from inputs: Int, to outputs: Int, kernel: [Int]) throws -> ConvolutionKernel {
    let weight = prefix + name + ".weight"
    _ = try checkpoint.tensor(named: weight, shape: [outputs, inputs] + kernel)
    return ConvolutionKernel(try checkpoint.values(named: weight), bias: try vector(name + ".bias", outputs))
  }
}
