import Prompting
import Rendering
import Testing

@testable import Studio

struct VariationTextTests {
  @Test func typedVariations() throws {
    #expect(try VariationText.parse("seeds 3", seed: 10).get() == .seeds([10, 11, 12]))
    #expect(try VariationText.parse("seed 4 9", seed: 10).get() == .seeds([4, 9]))
    #expect(try VariationText.parse("guidance high 3,4.5", seed: 1).get() == .sweep(.guidanceHigh, [3, 4.5]))
  }

  @Test func wholeNumbersAreWholeAndSeedsKeepEveryDigit() throws {
    #expect(try VariationText.parse("steps 10 20.0", seed: 1).get() == .sweep(.steps, [10, 20]))
    guard case .failure(let problem) = VariationText.parse("steps 10 20.5", seed: 1) else {
      return #expect(Bool(false))
    }
    #expect(problem.text.en == "steps are whole numbers, and 20.5 is none" && problem.text.zh.contains("20.5"))
    let seeds: [UInt64] = [9_007_199_254_740_993, .max]
    #expect(try VariationText.parse("seeds \(seeds[0]), \(seeds[1])", seed: 1).get() == .seeds(seeds))
    #expect(try VariationText.parse("seeds \(UInt64.max)", seed: 1).get() == .seeds([.max]))
  }

  @Test(arguments: [
    "", "seeds", "shift", "shift 3 x", "speed 3 4", "seeds 0", "seeds 99", "seeds 1.5 2", "seeds -1 2", "steps 1e300",
    "shift nan", "shift -1", "steps 10.5 20.5", "frames 17 17.5", "seeds 18446744073709551616 1",
  ])
  func problemsAreSaid(text: String) {
    #expect(throws: VariationText.Problem.self) { try VariationText.parse(text, seed: 1).get() }
  }
}
