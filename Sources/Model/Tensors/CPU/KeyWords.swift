import Kernels

/// What keys and values as signed bytes stand for.
struct MemorySteps {
  let keys: KeyWords
  /// [heads, blocks, size]: float32
  let values: Tensor

  var byteCount: Int { keys.byteCount + values.byteCount }
}

/// How sums of products of queries' and keys' bytes become scores in 16-bit words, whose step is the same for all keys of a
/// block. Each key's own step is a part of the largest of its block. Sums lose their lowest bits, far less than the
/// rounding of queries and keys has cost them.
struct KeyWords {
  /// What queries without a sign have for zero.
  static let zero: Int32 = 128
  /// Of keys that are not there: more than any sum, and less than what overflows beside one.
  private static let nothing: Int32 = 1 << 30

  /// [heads · keys rounded up to whole blocks]: int32, and 16-bit words in pairs of bytes.
  private let zeros: Tensor
  private let factors: Tensor
  /// [heads, blocks]: what a word stands for, beside the query's step.
  private let steps: Tensor
  private let blocks: KeyBlocks
  private let shift: Int32

  /// - Parameters:
  ///   - size: of a head: so many products make a score.
  ///   - largest: what the sizes of a key's bytes are at most, in the mean.
  init(heads: Int, _ blocks: KeyBlocks, size: Int, largest: Int) {
    let count = heads * blocks.paddedCount
    zeros = Tensor(uninitialized: [count], type: .int32)
    factors = Tensor(uninitialized: [count, 2], type: .uint8)
    steps = Tensor(uninitialized: [heads, blocks.count])
    self.blocks = blocks
    shift = Self.shift(size: size, largest: largest)
  }

  var byteCount: Int { zeros.byteCount + factors.byteCount + steps.byteCount }

  /// As many bits as any sum of so many products of signed bytes has beyond 16.
  static func shift(size: Int, largest: Int) -> Int32 {
    let most = size * 127 * largest
    return Int32(max(0, Int.bitWidth - most.leadingZeroBitCount - 15))
  }

  /// Those of one block, whose keys have these steps and sums of bytes.
  func set(
    _ head: Int, _ index: Int, steps keySteps: UnsafeBufferPointer<Float>, sums: UnsafeBufferPointer<Float>
  ) {
    let (block, head) = (blocks[index], self.head(head))
    let first = block.rows.lowerBound
    let largest = keySteps.max() ?? 0
    // NaN stays.
    let check = keySteps.reduce(0) { $0 + $1 * 0 }
    head.steps[index] = (largest + check) * Float(1 << shift) * 32768 / 32767
    for key in 0..<block.paddedCount {
      let isThere = key < keySteps.count
      let part = isThere && check == 0 ? keySteps[key] / largest : 1
      head.zeros[first + key] = isThere ? Self.zero * Int32(sums[key]) : Self.nothing
      head.factors[first + mv_word_of_key(key)] = Int16((part * 32767).rounded())
    }
  }

  func head(_ index: Int) -> Head {
    let first = index * blocks.paddedCount
    return Head(
      zeros: zeros.i32 + first, factors: factors.pointer.assumingMemoryBound(to: Int16.self) + first,
      steps: steps.f32 + index * blocks.count, shift: shift)
  }

  /// Those of one head; who has one keeps what they lie in.
  struct Head {
    fileprivate let zeros: UnsafeMutablePointer<Int32>
    fileprivate let factors: UnsafeMutablePointer<Int16>
    /// Of each block.
    let steps: UnsafeMutablePointer<Float>
    fileprivate let shift: Int32

    /// From this key on.
    func loop(from key: Int) -> mv_key_words { mv_key_words(zeros: zeros + key, factors: factors + key, shift: shift) }
  }
}
