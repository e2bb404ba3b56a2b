import COneDNN
import Kernels

/// A convolution of some frames of a kernel, ready for pieces of pictures of one width: by oneDNN, which wants to know
/// their heights, or by our own loops.
struct PieceConvolution {
  private enum Weights {
    /// Of each frame that is seen.
    case oneDNN([PreparedConvolution])
    case ours([Tensor])
  }

  private let cpu: CPU
  private let kernel: ConvolutionKernel
  private let weights: Weights
  private let width: Int

  /// - Parameters:
  ///   - frames: of the kernel, those that see a picture.
  ///   - width: of the pictures, without borders.
  init(_ cpu: CPU, _ kernel: ConvolutionKernel, frames: [Int], heights: [Int], width: Int) {
    (self.cpu, self.kernel, self.width) = (cpu, kernel, width)
    weights =
      cpu.convolvesAlone(kernel)
      ? .ours(cpu.packedWeights(kernel, frames))
      : .oneDNN(cpu.prepare(kernel, frames, rows: heights, width: width + 2))
  }

  /// Writes the sums of `rows` rows with their borders, in which nothing counts, or adds them to what is there.
  /// - Parameter sources: for each frame that is seen, where the row begins that the first row of the kernel sees.
  func run(
    _ sources: [UnsafeRawPointer], rows: Int, into target: UnsafeMutablePointer<Float>, accumulates: Bool
  ) {
    let operations = sources.count * cpu.operations(0..<rows, width, kernel)
    cpu.measured(.convolution, operations: operations) {
      switch weights {
      case .oneDNN(let prepared): run(prepared, sources, rows, into: target, accumulates)
      case .ours(let packed) where cpu.usesTiles: onTiles(packed, sources, rows, into: target, accumulates)
      case .ours(let packed): inProducts(packed, sources, rows, into: target, accumulates)
      }
    }
  }

  /// oneDNN sees whole rows, border columns included, so that rows lie densely. Results stay in the cache while the
  /// frames are added up.
  private func run(
    _ prepared: [PreparedConvolution], _ sources: [UnsafeRawPointer], _ rows: Int,
    into target: UnsafeMutablePointer<Float>, _ accumulates: Bool
  ) {
    for (index, source) in sources.enumerated() {
      cpu.check(
        mv_dnn_convolution_run(
          prepared[index].handle, rows, width + 2, source, index == 0 ? kernel.bias?.f32 : nil, target,
          index > 0 || accumulates ? 1 : 0))
    }
  }
}

// MARK: - By our loops for products

extension PieceConvolution {
  /// Pixels of a row and their neighbours follow each other, so that a kernel is a product of overlapping rows: of all pixels
  /// from the first to the last one of the piece that is no border, with a run of numbers for each of its rows.
  private func inProducts(
    _ packed: [Tensor], _ sources: [UnsafeRawPointer], _ rows: Int, into target: UnsafeMutablePointer<Float>,
    _ accumulates: Bool
  ) {
    let (size, inputs, outputs) = (kernel.size, kernel.inputs, kernel.outputs)
    let sums = target + outputs
    var product = Product(
      m: rows * (width + 2) - 2, n: outputs, k: size * size * inputs, strideA: inputs, strideB: size * size * inputs,
      strideC: outputs, runs: (size, (width + 2) * inputs), order: .ours, accumulates: accumulates)
    // Without a neighbour at its left, a kernel begins at the pixel itself: the border is stepped over.
    let border = size == 1 ? inputs * cpu.multiplied.block.bytes : 0
    for (source, weights) in zip(sources, packed) {
      cpu.multiply(product, source + border, weights.pointer, sums)
      product.accumulates = true
    }
    if let bias = kernel.bias { cpu.loops.addBias(bias.f32, to: sums, rows: product.m, columns: outputs) }
  }
}

// MARK: - On tiles

extension PieceConvolution {
  /// Weights that stay in the second-level cache, with pixels beside them.
  private static let mostWeightBytes = 768 << 10

  private var weightBytes: Int { 2 * kernel.inputs * kernel.outputs * kernel.size * kernel.size }

  /// All pixels from the first to the last one of the piece that is no border follow each other.
  private func onTiles(
    _ packed: [Tensor], _ sources: [UnsafeRawPointer], _ rows: Int, into target: UnsafeMutablePointer<Float>,
    _ accumulates: Bool
  ) {
    let (pixels, sums) = (rows * (width + 2) - 2, target + kernel.outputs)
    if accumulates, let bias = kernel.bias {
      cpu.loops.addBias(bias.f32, to: sums, rows: pixels, columns: kernel.outputs)
    }
    let atATime = max(1, Self.mostWeightBytes / weightBytes)
    for first in stride(from: 0, to: sources.count, by: atATime) {
      let frames = first..<min(sources.count, first + atATime)
      let bias = first == 0 && !accumulates ? kernel.bias?.f32 : nil
      add(frames, packed, sources, pixels, into: sums, bias: bias, accumulates: first > 0 || accumulates)
    }
  }

  private func add(
    _ frames: Range<Int>, _ packed: [Tensor], _ sources: [UnsafeRawPointer], _ pixels: Int,
    into sums: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?, accumulates: Bool
  ) {
    let (size, pixel) = (kernel.size, 2 * kernel.inputs)
    let places = frames.flatMap { frame in (0..<size).map { (frame, $0) } }
    // Without a neighbour at its left, a kernel begins at the pixel itself: the border is stepped over.
    let border = size == 1 ? pixel : 0
    let pixelRows: [UnsafeRawPointer?] = places.map { sources[$0] + $1 * (width + 2) * pixel + border }
    let weightRows: [UnsafeRawPointer?] = places.map {
      UnsafeRawPointer(packed[$0].pointer + $1 * Int(mv_columns_together) * pixel * size)
    }
    pixelRows.withUnsafeBufferPointer { pixelRows in
      weightRows.withUnsafeBufferPointer { weightRows in
        var convolution = mv_tile_convolution(
          m: pixels, inputs: kernel.inputs, outputs: kernel.outputs, shifts: size, count: places.count,
          pixels: pixelRows.baseAddress, weights: weightRows.baseAddress, rows_of_kernel: size, bias: bias,
          accumulate: accumulates ? 1 : 0, stride_c: 4 * kernel.outputs,
          weights_stay: weightBytes <= Self.mostWeightBytes ? 1 : 0)
        mv_convolve_tiles(&convolution, sums)
      }
    }
  }
}

// MARK: - Weights

extension CPU {
  /// Whether our own loops convolve with it.
  func convolvesAlone(_ kernel: ConvolutionKernel) -> Bool {
    isOurs(dnnType, k: kernel.inputs, n: kernel.outputs)
  }

  /// The weights of these frames of the kernel, in the order of our loops.
  fileprivate func packedWeights(_ kernel: ConvolutionKernel, _ frames: [Int]) -> [Tensor] {
    if kernel.prepared.count != kernel.frames || !(kernel.prepared.first is PackedWeights) {
      kernel.prepared = (0..<kernel.frames).map { _ in PackedWeights() }
    }
    let prepared = kernel.prepared.compactMap { $0 as? PackedWeights }
    let missing = frames.filter { prepared[$0].values == nil }
    // Memory is taken here, so that a rehearsal sees it.
    for frame in missing {
      prepared[frame].values = Tensor(
        uninitialized: [kernel.outputs, kernel.size * kernel.size * kernel.inputs], type: multiplied, stays: true)
    }
    inParallel(missing.count) { index in
      if let values = prepared[missing[index]].values { pack(kernel, missing[index], into: values) }
    }
    if !missing.isEmpty { kernel.releasePages() }
    return frames.compactMap { prepared[$0].values }
  }

  private func pack(_ kernel: ConvolutionKernel, _ frame: Int, into packed: Tensor) {
    let plain = kernel.channelsLast(frame: frame)
    let ordered = usesTiles ? inOrderOfTiles(plain, kernel) : inMultipliedType(plain)
    let count = packed.shape[1]
    pack(dnnType, count, kernel.outputs, .rowsOfK, stride: count, ordered.pointer, into: packed.pointer)
  }

  /// The numbers of a sum follow each other as tiles read them: rows of the kernel, 32 inputs, shifts.
  private func inOrderOfTiles(_ plain: Tensor, _ kernel: ConvolutionKernel) -> Tensor {
    let (size, inputs, few) = (kernel.size, kernel.inputs, Int(mv_product_bytes) / 2)
    let ordered = Tensor(uninitialized: [kernel.outputs, size * size * inputs], type: .bfloat16)
    var to = ordered.bf16
    for start in stride(from: 0, to: kernel.outputs * size, by: 1) {
      for input in stride(from: 0, to: inputs, by: few) {
        let from = plain.f32 + start * size * inputs + input
        loops.to_bf16(from, size, few, inputs, to, few)
        to += size * few
      }
    }
    return ordered
  }
}

/// The weights of one frame of a kernel, as our loops read them.
private final class PackedWeights {
  var values: Tensor?
}
