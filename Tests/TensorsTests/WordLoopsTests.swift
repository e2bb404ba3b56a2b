import Foundation
import Kernels
import Testing

@testable import Tensors

/// Scores in words and weights in bytes, in every instruction set that this CPU has, against their definitions.
@Suite struct WordLoopsTests {
  /// Rows, keys, and keys rounded up.
  private static let sizes = [(1, 1, 64), (3, 50, 64), (4, 64, 64), (2, 100, 128), (5, 300, 320), (17, 512, 512)]

  /// Of some keys, made up.
  private struct Keys {
    let words: KeyWords.Head
    let steps: [Float]
    let sums: [Float]
    let block: Float
    private let all: KeyWords

    init(_ count: Int, size: Int, _ dice: inout Dice, bad: Int? = nil) {
      let steps = (0..<count).map { $0 == bad ? .nan : Float.random(in: 0.001...0.01, using: &dice) }
      let sums = (0..<count).map { _ in Float(Int.random(in: -100 * size...100 * size, using: &dice)) }
      let all = KeyWords(heads: 1, KeyBlocks(count: count), size: size, largest: 127)
      steps.withUnsafeBufferPointer { steps in
        sums.withUnsafeBufferPointer { sums in all.set(0, 0, steps: steps, sums: sums) }
      }
      (self.all, self.steps, self.sums) = (all, steps, sums)
      words = all.head(0)
      block = words.steps[0]
    }
  }

  /// Words times their step are scores times the key's own one, but for what both roundings cost; keys that are not there
  /// have the least of all.
  @Test(arguments: LoopsTests.sets) func wordsAreScores(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 1)
    for (rows, count, padded) in Self.sizes {
      for size in [1, 12, 64, 128, 256] {
        let keys = Keys(count, size: size, &dice)
        let most = Int32(127 * 127 * size)
        var plain = (0..<rows * padded).map { _ in Int32.random(in: -most...most, using: &dice) }
        plain.replaceSubrange(0..<2, with: [most, -most])
        let scores = plain.indices.map { i in
          plain[i] + (i % padded < count ? KeyWords.zero * Int32(keys.sums[i % padded]) : 0)
        }
        var words = [Int16](repeating: 7, count: scores.count)
        loops.to_words(scores, rows, padded, keys.words.loop(from: 0), &words)
        for row in 0..<rows {
          for key in 0..<padded {
            let word = words[row * padded + mv_word_of_key(key)]
            if key >= count {
              #expect(word <= -32767)
            } else {
              let want = Double(plain[row * padded + key]) * Double(keys.steps[key])
              // A bit that was dropped, half of one that was rounded, and the key's part of the step.
              let error = Double(keys.block) * 1.5 + abs(want) * 3e-5 * Double(keys.steps.max()! / keys.steps[key])
              #expect(abs(Double(word) * Double(keys.block) - want) <= error, "\(size) \(row) \(key)")
            }
          }
        }
      }
    }
  }

  /// Sums of the largest products are words, and of half of those they would be, too.
  @Test func noMoreBitsAreDroppedThanMustBe() {
    for largest in [63, 127] {
      for size in 1...1024 {
        let (shift, most) = (KeyWords.shift(size: size, largest: largest), size * 127 * largest)
        #expect(most >> Int(shift) <= 32767)
        if shift > 0 { #expect(most >> Int(shift - 1) > 32767) }
      }
    }
  }

  /// What comes of one block.
  private struct Weights: Equatable {
    var bytes: [UInt8]
    var maxima: [Float]
    var sums: [Float]
    var corrections: [Float]
    /// Of each part, one row after the other.
    var factors: [Float]
  }

  private func weigh(
    _ loops: mv_loops, _ words: [Int16], _ rows: Int, _ count: Int, _ padded: Int, part: Int, _ steps: [Float],
    _ step: Float
  ) -> Weights {
    // The second row has seen a larger score already.
    let (maxima, sums) = ((0..<rows).map { $0 == 1 ? Float(9e5) : -.infinity }, [Float](repeating: 3, count: rows))
    var result = Weights(
      bytes: [UInt8](repeating: 7, count: words.count), maxima: maxima, sums: sums, corrections: sums,
      factors: [Float](repeating: 7, count: rows * ((padded + part - 1) / part)))
    loops.byte_softmax(
      words, rows, count, padded, padded, part, steps, step, &result.maxima, &result.sums, &result.corrections,
      &result.factors, &result.bytes)
    return result
  }

  /// Every weight is one of the two whole numbers around 255 times its exponential; their sum is that of the numbers.
  @Test(arguments: LoopsTests.sets) func weightsOfABlockAreRoundedEitherWay(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    let plain = try #require(mv_loops_for("plain")).pointee
    var dice = Dice(state: 5)
    for (rows, count, padded) in Self.sizes {
      let cases: [(Float, Int)] = [
        (1e-5, padded), (0.001, padded), (0.004, 64), (0.02, padded), (0.022, 128), (0.3, padded), (2, 64),
        (30, padded), (1e6, padded),
      ]
      for (scale, part) in cases {
        let words = (0..<rows * padded).map { _ in Int16.random(in: -3000...3000, using: &dice) }
        let steps = (0..<rows).map { _ in Float.random(in: 0.5...1, using: &dice) }
        let got = weigh(loops, words, rows, count, padded, part: part, steps, scale)
        for row in 0..<rows {
          let step = Double(steps[row]) * Double(scale)
          let parts = stride(from: 0, to: padded, by: part).map { first in
            let last = min(padded, first + part)
            let largest = words[row * padded + first..<row * padded + last].max() ?? 0
            return (first..<min(count, last), Double(largest))
          }
          let largest = max(parts.map { $0.1 * step }.max() ?? 0, row == 1 ? 9e5 : -.infinity)
          var sum = row == 1 ? 3 * exp(9e5 - largest) : 0
          for (index, (keys, word)) in parts.enumerated() {
            for key in keys {
              let want = 255 * exp(step * (Double(words[row * padded + mv_word_of_key(key)]) - word))
              // Powers of two are those of the nearest 32nd part.
              let weight = Double(got.bytes[row * padded + key])
              #expect(abs(weight - want) < 1 + 0.012 * want, "\(scale) \(part) \(row) \(key)")
              sum += weight * Double(got.factors[index * rows + row])
            }
            #expect(abs(Double(got.factors[index * rows + row]) - exp(word * step - largest)) < 1e-4)
          }
          #expect(got.bytes[row * padded + count..<(row + 1) * padded].allSatisfy { $0 == 0 })
          #expect(abs(Double(got.maxima[row]) - largest) < 1e-4 * max(1, abs(largest)))
          #expect(abs(Double(got.sums[row]) - sum) < 1e-4 * max(sum, 1))
        }
        #expect(got.bytes == weigh(plain, words, rows, count, padded, part: part, steps, scale).bytes)
      }
    }
  }

  /// Of few rows all count; of each, how far the largest scores of some keys are from those of others.
  @Test(arguments: LoopsTests.sets) func spreadIsThatOfTheLargestScores(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 8)
    for (rows, columns, part) in [(1, 64, 128), (3, 64, 32), (15, 192, 64), (5, 512, 128)] {
      let words = (0..<rows * columns).map { _ in Int16.random(in: .min ... .max, using: &dice) }
      let steps = (0..<rows).map { _ in Float.random(in: 0.01...0.02, using: &dice) }
      let got = loops.word_spread(words, rows, columns, columns, steps, 0.5, part)
      let spreads = (0..<rows).map { row -> Double in
        let largest = stride(from: 0, to: columns, by: part).map { first in
          words[row * columns + first..<row * columns + min(columns, first + part)].max() ?? 0
        }
        return (Double(largest.max() ?? 0) - Double(largest.min() ?? 0)) * Double(steps[row]) * 0.5
      }
      #expect(abs(Double(got) - spreads.reduce(0, +) / Double(rows)) < 1e-3)
    }
  }

  @Test(arguments: LoopsTests.sets) func nothingFiniteComesOfScoresThatAreNot(set: String) throws {
    let loops = try #require(mv_loops_for(set)).pointee
    var dice = Dice(state: 9)
    for count in [1, 5, 64, 100, 300] {
      // A key's step, or the rows' own.
      for bad in [0, count - 1, count] {
        let keys = Keys(count, size: 64, &dice, bad: bad)
        let padded = (count + 63) / 64 * 64
        let steps = [Float](repeating: bad < count ? 1 : .nan, count: 2)
        let words = [Int16](repeating: 3, count: 2 * padded)
        let got = weigh(loops, words, 2, count, padded, part: padded, steps, keys.block)
        #expect(got.factors.allSatisfy(\.isNaN) && got.sums.allSatisfy(\.isNaN))
      }
    }
  }
}
