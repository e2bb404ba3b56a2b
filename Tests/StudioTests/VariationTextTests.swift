import Rendering
import Testing

@testable import Studio

struct VariationTextTests {
  @Test func typedVariations() throws {
    #expect(try VariationText.parse("seeds 3", seed: 10).get() == .seeds([10, 11, 12]))
    #expect(try VariationText.parse("seed 4 9", seed: 10).get() == .seeds([4, 9]))
    #expect(try VariationText.parse("guidance high 3,4.5", seed: 1).get() == .sweep(.guidanceHigh, [3, 4.5]))
  }

  @Test(arguments: [
    "", "seeds", "shift", "shift 3 x", "speed 3 4", "seeds 0", "seeds 99", "seeds 1.5 2", "seeds -1 2", "steps 1e300",
    "shift nan", "shift -1",
  ])
  func problemsAreSaid(text: String) {
    #expect(throws: VariationText.Problem.self) { try VariationText.parse(text, seed: 1).get() }
  }
}
