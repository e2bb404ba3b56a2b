import Testing

@testable import Tensors

/// A rehearsal keeps the same books as the real thing, and computes nothing.
@Suite struct RehearsalTests {
  /// Some of everything, on a device of its own.
  private func work(_ precision: Precision) {
    let cpu = CPU(precision: precision)
    let x = Tensor.zeros([300, 64])
    let weight = Weight(Tensor.zeros([256, 64], type: .float16), bias: Tensor.zeros([256]))
    weight.mayRound = true
    let hidden = cpu.linear(x, weight, activation: .geluTanh)
    let shape = HeadShape(heads: 4, mayRound: true)
    let memory = cpu.memory(keys: hidden, values: hidden, shape)
    let mixed = cpu.attention(cpu.queries(hidden, shape), over: memory, scale: 1)
    cpu.addLinear(mixed, Weight(Tensor.zeros([256, 256]), bias: nil), to: hidden, gate: nil)
    let kernel = ConvolutionKernel(Tensor.zeros([8, 4, 3, 3, 3]), bias: nil)
    let picture = FeatureMap(Tensor.zeros([20, 30, 4]))
    let convolved = cpu.convolve([nil, picture, picture], kernel)
    let single = ConvolutionKernel(Tensor.zeros([4, 8, 3, 3]), bias: nil)
    _ = (cpu.convolveUpsampled(convolved, single), convolved.picture())
  }

  @Test(arguments: Precision.allCases)
  func theBooksAreThoseOfTheWork(_ precision: Precision) {
    let rehearsed = Rehearsal.run { work(precision) }
    let pool = MemoryPool()
    MemoryPool.$rehearsed.withValue(pool) {
      #expect(!Rehearsal.isOn)
      work(precision)
    }
    // What loops take for themselves is not rehearsed: here that of the pieces that this thread runs.
    #expect((0..<1 << 20).contains(pool.usage.peak - rehearsed.peak))
    #expect((0..<1 << 20).contains(pool.usage.peakHeld - rehearsed.peakHeld))
    #expect(rehearsed.peak > 300 * 256 * 4 && rehearsed.inUse == 0)
    #expect(rehearsed.operations > 2 * 300 * 64 * 256 && pool.usage.operations == 0)
  }

  @Test func aLimitGivesFreeBuffersBack() {
    func use(_ pool: MemoryPool) {
      for size in 1...8 { pool.giveBack(pool.take(size << 20)) }
    }
    let (free, limited) = (MemoryPool(), MemoryPool(limit: 10 << 20))
    use(free)
    use(limited)
    #expect(free.usage.peakHeld == 36 << 20 && free.usage.kept == 36 << 20)
    #expect(limited.usage.peakHeld == 10 << 20)
    #expect(limited.usage.peak == free.usage.peak)
    free.trim()
    #expect(free.usage.kept == 0)
  }

  @Test func ofPiecesThatAreAlikeTheFirstTwoAndTheLastAreRehearsed() {
    var visited: [Int] = []
    func work(_ pieces: Range<Int>) {
      Rehearsal.forEach(pieces) { piece in
        visited.append(piece)
        Rehearsal.count(operations: piece == pieces.count - 1 ? 3 : 10)
      }
    }
    #expect(Rehearsal.run { work(0..<100) }.operations == 993)
    #expect(visited == [0, 1, 99])
    visited = []
    #expect(Rehearsal.run { work(0..<3) }.operations == 23)
    work(0..<100)
    #expect(visited == [0, 1, 2] + Array(0..<100))
  }

  /// Nobody may have a buffer of a rehearsal at an address of memory.
  @Test func largeBuffersAreNowhere() {
    _ = Rehearsal.run {
      let tensors = (0..<4).map { _ in Tensor(uninitialized: [1 << 20]) }
      let places = tensors.map { Int(bitPattern: $0.pointer) }
      #expect(places.allSatisfy { $0 >= 1 << 54 } && Set(places).count == 4)
    }
  }

  @Test func aRehearsalTakesNoMemory() {
    // More than any machine has.
    let usage = Rehearsal.run {
      _ = CPU(precision: .fast).layerNorm(big(), weight: nil, bias: nil, epsilon: 1e-6, for: .sums)
    }
    #expect(usage.peak >= 2 * 4 << 34)
  }

  private func big() -> Tensor { Tensor(uninitialized: [1 << 20, 1 << 14]) }
}
