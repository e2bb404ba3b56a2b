import Foundation
public import Tensors

/// The starting latents of a seed: the numbers that `torch.randn` of a CPU generator gives, so that a seed of
/// diffusers or ComfyUI means the same here.
///
///     let latents = Noise.normal([1, 16, 21, 60, 104], seed: 42)
///
/// Values differ from PyTorch's by at most about 1e-6: its vectorised logarithm and cosine round differently.
public enum Noise {
  /// Standard normal float32 values in row-major order.
  public static func normal(_ shape: [Int], seed: UInt64) -> Tensor {
    Tensor(normal(count: shape.reduce(1, *), seed: seed), shape: shape)
  }

  /// The same without a shape.
  public static func normal(count: Int, seed: UInt64) -> [Float] {
    var words = MersenneTwister(seed: seed)
    return count < 16 ? few(count, &words) : many(count, &words)
  }

  /// From 16 values on, PyTorch fills the array with uniforms and turns every block of 16 into normals by the
  /// method of Box and Muller; if the last block is not full, the last 16 values are drawn again.
  /// Source: ATen/native/cpu/DistributionTemplates.h, `normal_fill`.
  private static func many(_ count: Int, _ words: inout MersenneTwister) -> [Float] {
    var values = (0..<count).map { _ in uniform24(&words) }
    for start in stride(from: 0, through: count - 16, by: 16) { normalise(&values, start) }
    if !count.isMultiple(of: 16) {
      for index in count - 16..<count { values[index] = uniform24(&words) }
      normalise(&values, count - 16)
    }
    return values
  }

  /// A multiple of 2⁻²⁴ in [0, 1).
  private static func uniform24(_ words: inout MersenneTwister) -> Float {
    Float(words.next() & 0xFF_FFFF) * 0x1p-24
  }

  /// Pairs are 8 apart: value i gives the radius, value i + 8 the angle.
  private static func normalise(_ values: inout [Float], _ start: Int) {
    for index in start..<start + 8 {
      let radius = (-2 * log(Double(1 - values[index]))).squareRoot()
      let angle = 2 * Double.pi * Double(values[index + 8])
      values[index] = Float(radius * cos(angle))
      values[index + 8] = Float(radius * sin(angle))
    }
  }

  /// Below 16 values each pair comes from two uniforms of 53 bits: the first gives the angle, the second the
  /// radius; cosine first, then sine. Source: ATen/core/DistributionsHelper.h, `normal_distribution<double>`.
  private static func few(_ count: Int, _ words: inout MersenneTwister) -> [Float] {
    var values: [Float] = []
    while values.count < count {
      let angle = 2 * Double.pi * uniform53(&words)
      let radius = (-2 * log1p(-uniform53(&words))).squareRoot()
      values.append(Float(radius * cos(angle)))
      values.append(Float(radius * sin(angle)))
    }
    return Array(values.prefix(count))
  }

  private static func uniform53(_ words: inout MersenneTwister) -> Double {
    let high = UInt64(words.next())
    let low = UInt64(words.next())
    return Double((high << 32 | low) & (1 << 53 - 1)) * 0x1p-53
  }
}

/// The generator of Matsumoto and Nishimura (1998) with 19937 bits of state, seeded with one 32-bit word.
struct MersenneTwister {
  private static let size = 624
  private static let offset = 397

  private var state: [UInt32]
  private var index = size

  /// Only the low 32 bits of the seed count, as in PyTorch's CPU generator.
  init(seed: UInt64) {
    var word = UInt32(truncatingIfNeeded: seed)
    state = [word]
    state.reserveCapacity(Self.size)
    for index in 1..<UInt32(Self.size) {
      word = 1_812_433_253 &* (word ^ word >> 30) &+ index
      state.append(word)
    }
  }

  mutating func next() -> UInt32 {
    if index == Self.size { refill() }
    var word = state[index]
    index += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9D2C_5680
    word ^= word << 15 & 0xEFC6_0000
    return word ^ word >> 18
  }

  private mutating func refill() {
    for index in 0..<Self.size {
      let joined = state[index] & 0x8000_0000 | state[(index + 1) % Self.size] & 0x7FFF_FFFF
      let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_B0DF
      state[index] = state[(index + Self.offset) % Self.size] ^ joined >> 1 ^ twist
    }
    index = 0
  }
}
