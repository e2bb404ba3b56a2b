import COneDNN
import Foundation

/// What the machine reaches at best: the limits that benchmarks compare with.
extension CPU {
  /// Operations a second (multiply-adds × 2) of large matrix products on all threads, each working on tiles of its
  /// own: the best of weights as they lie in a file and weights in the library's own order, and of tiles of two widths;
  /// bytes if this device multiplies them. The best of some short measurements, because the machine may be shared.
  public func productRate(seconds: Double = 0.8) -> Double {
    let (m, k) = (256, 1536)
    let orders: [OperandOrder] = usesOpenBLAS ? [.rowsOfK] : [.rowsOfK, .oneDNN]
    let ways = orders.flatMap { order in [256, 512].map { (order, $0) } }
    return ways.map { order, n in
      let product = Product(
        m: m, n: n, k: k, strideA: k, strideB: k, strideC: n, order: order, bytes: multipliesBytes)
      let operands = (0..<threads).map { _ in
        let weights = (0..<4).map { _ in Weight(Self.noise([n, k])) }
        for weight in weights { weight.mayRound = true }
        return (self.operands(Self.noise([m, k]), weights), Tensor.zeros([m, n]))
      }
      return rate(seconds: seconds / Double(ways.count), operations: product.operations) { thread, turn in
        let (factors, c) = operands[thread]
        multiply(product, factors.row(0), factors.weights[turn % factors.weights.count].pointer, c.f32)
      }
    }.max() ?? 0
  }

  /// The same for 3 × 3 convolutions of whole pictures.
  public func convolutionRate(seconds: Double = 0.8) -> Double {
    let (height, width) = (32, 104)
    return [96, 192, 384].map { channels in
      let kernel = ConvolutionKernel(Self.noise([channels, channels, 1, 3, 3]), bias: nil)
      let pictures = (0..<threads).map { _ in FeatureMap(Self.noise([height, width, channels])) }
      let single = CPU(precision: precision, multiplied: multiplied, threads: 1, tiles: false)
      let operations = 2 * (height * width) * channels * channels * 9
      return rate(seconds: seconds / 3, operations: operations) { thread, _ in
        _ = single.convolve([pictures[thread]], kernel)
      }
    }.max() ?? 0
  }

  /// Values −1…1, the same every time. Zeros would draw less power, and a processor with more power to spare is faster.
  public static func noise(_ shape: [Int]) -> Tensor {
    let result = Tensor(uninitialized: shape)
    var state: UInt32 = 1
    result.withMutableFloats { values in
      for index in values.indices {
        state = state &* 1_664_525 &+ 1_013_904_223
        values[index] = Float(Int32(bitPattern: state)) * 0x1p-31
      }
    }
    return result
  }

  private func rate(seconds: Double, operations: Int, _ body: (_ thread: Int, _ turn: Int) -> Void) -> Double {
    let windows = 6
    var best = 0.0
    for window in 0...windows {
      let start = ContinuousClock.now
      let end = start + .seconds(seconds / Double(windows))
      let turns = Tensor.zeros([threads * 16])
      inParallel(threads) { thread in
        var count = 0
        repeat {
          body(thread, count)
          count += 1
        } while ContinuousClock.now < end
        turns.f32[thread * 16] = Float(count)
      }
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      let done = turns.floats().reduce(0, +)
      // The first window makes primitives and warms the caches.
      if window > 0 { best = max(best, Double(done) * Double(operations) / elapsed) }
    }
    return best
  }
}
