import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct WorkersTests {
  @Test func everyPieceRunsOnce() {
    let cpu = CPU(precision: .reference, threads: 4)
    for count in [0, 1, 2, 3, 100, 1000] {
      for _ in 0..<50 {
        let seen = Tensor.zeros([max(count, 1)])
        cpu.inParallel(count) { seen.f32[$0] += 1 }
        #expect(seen.floats().prefix(count).allSatisfy { $0 == 1 })
      }
    }
  }

  @Test func piecesMayHavePieces() {
    let cpu = CPU(precision: .reference, threads: 3)
    let seen = Tensor.zeros([20 * 30])
    cpu.inParallel(20) { outer in cpu.inParallel(30) { seen.f32[outer * 30 + $0] += 1 } }
    #expect(seen.floats().allSatisfy { $0 == 1 })
  }

  @Test func severalThreadsMayCallAtATime() {
    let total = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      let cpu = CPU(precision: .reference, threads: 4)
      for _ in 0..<100 { cpu.inParallel(17) { _ in total.wrappingAdd(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 100 * 17)
  }
}
