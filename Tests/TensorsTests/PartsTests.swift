import Testing

@testable import Tensors

/// What is made in parts is what is made at once.
@Suite struct PartsTests {
  @Test(arguments: ["reference", "fast", "fast float32", "turbo"], [1, 64, 700, 5000])
  func keysAndValuesMayComeInParts(_ way: String, _ about: Int) {
    let cpu =
      switch way {
      case "reference": CPU(precision: .reference)
      case "turbo": CPU(precision: .turbo)
      case "fast float32": CPU(precision: .fast, multiplied: .float32)
      default: CPU(precision: .fast, multiplied: .bfloat16)
      }
    var dice = Dice(state: 11)
    for (count, heads, size) in [(1, 1, 8), (511, 2, 16), (513, 1, 12), (1500, 3, 32)] {
      let width = heads * size
      let (q, k, v) = (dice.tensor([40, width]), dice.tensor([count, width]), dice.tensor([count, width]))
      let angles = RotaryAngles(cosine: dice.tensor([count, size / 2]), sine: dice.tensor([count, size / 2]))
      let shape = HeadShape(heads: heads, norm: (dice.tensor([width]), 1e-6), angles: angles, mayRound: true)
      let plain = HeadShape(heads: heads, mayRound: true)
      var seen: [Range<Int>] = []
      let parts = cpu.memory(of: count, shape, about: about) { range in
        seen.append(range)
        return (k.rows(range), v.rows(range))
      }
      #expect(seen.flatMap { Array($0) } == Array(0..<count))
      #expect(way == "turbo" || seen.count == 1 || seen.allSatisfy { $0.count <= max(512, about) })
      let whole = cpu.memory(keys: k, values: v, shape)
      let (one, other) = (
        cpu.attention(cpu.queries(q, plain), over: parts, scale: 0.4),
        cpu.attention(cpu.queries(q, plain), over: whole, scale: 0.4)
      )
      #expect(one.floats() == other.floats())
    }
  }

  @Test(arguments: Precision.allCases) func whatIsHeldIsLetGo(_ precision: Precision) {
    var dice = Dice(state: 12)
    let cpu = CPU(precision: precision, keptBytes: 0)
    let x = dice.tensor([9, 64])
    let weight = Weight(dice.tensor([32, 64]), scale: 0.5)
    weight.mayRound = true
    let want = cpu.linear(x, weight, activation: .identity, for: .sums).floats()
    cpu.holding([weight]) {
      #expect(weight.expanded != nil || weight.bytes != nil)
      #expect(cpu.linear(x, weight, activation: .identity, for: .sums).floats() == want)
    }
    #expect(weight.expanded == nil && weight.bytes == nil)
  }

  @Test func aFreeBufferStandsForASmallerOne() {
    let pool = MemoryPool()
    MemoryPool.$rehearsed.withValue(pool) {
      _ = Storage(byteCount: 40 << 20)
      let held = pool.usage.kept
      _ = Storage(byteCount: 17 << 20)
      #expect(pool.usage.kept == held && pool.usage.inUse == 0)
      // This one would waste too much.
      _ = Storage(byteCount: 10 << 20)
      #expect(pool.usage.kept == held + (10 << 20))
      let small = Storage(byteCount: 4 << 20)
      #expect(pool.usage.kept == held && pool.usage.inUse == 10 << 20 && small.byteCount == 4 << 20)
    }
    pool.trim()
    #expect(pool.usage.kept == 0)
  }
}
